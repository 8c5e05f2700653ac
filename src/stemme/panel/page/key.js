// A share of the tally key on its way back: vote.number.value.check, from the link or typed.

const $ = (id) => document.getElementById(id);

async function mark(text) {
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(sum).slice(0, 4), (one) => one.toString(16).padStart(2, 0)).join("");
}

function answer(id) {
  for (const one of ["given", "early", "mistyped", "foreign", "offline"]) $(one).hidden = one !== id;
}

async function give(text) {
  const [vote, at, value, check] = text.split("#").pop().replace(/\s/g, "").toLowerCase().split(".");
  if (check !== await mark(`${vote}.${at}.${value}`)) return "mistyped";
  const sent = await fetch(`/panel/api/votes/${encodeURIComponent(vote)}/shares`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ at: +at, value }),
  });
  if (sent.ok) $("typed").value = "";
  return sent.ok ? "given" : { 404: "foreign", 409: "early", 422: "foreign" }[sent.status] ?? "offline";
}

$("unable").hidden = !!crypto.subtle;
// The share leaves the address and the history at once; after # it was never sent to a server.
if (location.hash) {
  $("typed").value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
document.querySelector("form").onsubmit = (event) => {
  event.preventDefault();
  give($("typed").value).catch(() => "offline").then(answer);
};
