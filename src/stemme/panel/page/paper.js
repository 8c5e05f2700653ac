// Voting with a slip of paper: the code on it is the key. Nobody signs in, and the screen forgets.
import { cast, hex, leaf, number, promised, sha256, subtle, unhex, utf8 } from "./ballot.js";

const $ = (id) => document.getElementById(id);
const { lang, dataset: { box, site } } = document.documentElement;
const known = $("known").textContent.split(" ");
const outside = (address, rest) => fetch(address, {
  credentials: "omit", referrerPolicy: "no-referrer", signal: AbortSignal.timeout?.(2e4), ...rest,
});
let vote, slip, card, timer;

// Who changes the language before voting keeps the slip: it goes along after #.
const carry = (code) => document.querySelectorAll("a[hreflang]").forEach((link) => {
  link.hash = code;
});

// ---- the key of a code: panel/ballots/paper.py

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PRIME = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const POINTS = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const BASE = [
  0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
];
const positive = (value) => ((value % PRIME) + PRIME) % PRIME;
const digits = (value) => value.toString(16).padStart(64, 0);

function through(value) {
  let [a, b, x, y] = [positive(value), PRIME, 1n, 0n];
  while (b) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return x;
}

// The sum of two points of P-256; undefined stands for none.
function added(one, two) {
  if (!one || !two) return one ?? two;
  const [[a, b], [c, d]] = [one, two];
  if (a === c && b !== d) return undefined;
  const slope = a === c ? (3n * a * a - 3n) * through(2n * b) : (d - b) * through(c - a);
  const x = positive(slope * slope - a - c);
  return [x, positive(slope * (a - x) - b)];
}

const base64 = (text) =>
  btoa(String.fromCharCode(...unhex(text))).replaceAll("+", "-").replaceAll("/", "_").replace("=", "");

async function keyOf(code) {
  const read = code.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  const signs = [...read].map((sign) => LETTERS.indexOf(sign));
  const seed = signs.reduce((all, sign) => all * 32n + BigInt(sign), 0n);
  if (read.length !== 26 || signs.includes(-1) || seed >> 128n) throw "mistyped";
  const label = hex(utf8("stemme paper slip 1"));
  const mixed = await sha256(unhex(label + seed.toString(16).padStart(32, 0)));
  const secret = number(unhex(mixed)) % (POINTS - 1n) + 1n;
  let point, power = BASE;
  for (let rest = secret; rest; rest >>= 1n) {
    if (rest & 1n) point = added(point, power);
    power = added(power, power);
  }
  const [x, y] = point.map(digits);
  const key = { kty: "EC", crv: "P-256", x: base64(x), y: base64(y), d: base64(digits(secret)) };
  const digest = await sha256(unhex(`04${x}${y}`));
  return { key, point: `04${x}${y}`, digest, mark: await sha256(unhex(mixed)) };
}

// ---- the vote of a slip, and what goes into the box

const opened = async (answer) => {
  if (!answer.ok) throw answer.status === 404 ? "foreign" : "offline";
  return answer.arrayBuffer();
};

async function voteOf(name, digest) {
  const list = JSON.parse(new TextDecoder().decode(await opened(await outside(`${site}/api/v1/votes`))));
  for (const { id, vid, practise } of list.votes) if (!name || id === name) {
    const manifest = await opened(await outside(`${site}/api/v1/votes/${id}/manifest.json`));
    const copy = await outside(`${box}/votes/${vid}/manifest`).then((one) => one.ok && one.arrayBuffer(), () => {});
    for (const body of [manifest, copy]) if (body && vid !== await sha256(body)) throw "wrong";
    const plain = JSON.parse(new TextDecoder().decode(manifest));
    if (plain.paper?.includes(digest)) return { ...plain, vid, practise };
  }
  throw "foreign";
}

// How often a slip has voted on this device. It keeps the hash of the secret, not what the manifest
// lists: who lends a phone must not find there which of the published ballots was cast on it.
const used = () => {
  try {
    return +localStorage[slip.mark] || 0;
  } catch {
    return slip.times ?? 0;
  }
};
const use = () => {
  slip.times = used() + 1;
  try {
    localStorage[slip.mark] = slip.times;
  } catch {
    // Then a second vote of this slip is only counted until the page is closed.
  }
  return slip.times;
};

// The ballot by which a slip says that nobody drew it.
async function openedUnused() {
  const body = JSON.stringify({ m: slip.message, q: 1, t: "", x: "" });
  const how = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await subtle.importKey("jwk", slip.key, how, false, ["sign"]);
  const signed = hex(await subtle.sign(how, key, unhex(vote.vid + hex(utf8(body)))));
  const s = BigInt(`0x${signed.slice(64)}`);
  return { body, s: signed.slice(0, 64) + digits(s > POINTS / 2n ? POINTS - s : s) };
}

// The same bytes again until the box has promised to count them.
async function send(ballot, then) {
  show("sending");
  carry("");
  const mine = await leaf(ballot);
  const answer = await outside(`${box}/votes/${vote.vid}/ballots`, { method: "POST", body: JSON.stringify(ballot) })
    .catch(() => ({ status: 0 }));
  const refused = { 410: "closed", 422: "wrong", 425: "waiting" }[answer.status];
  if (refused) return show(refused);
  if (!answer.ok) return timer = setTimeout(send, 3e3, ballot, then);
  const promise = await answer.json();
  if (promise.leaf !== mine || !await promised(vote, vote.vid, promise)) return show("wrong");
  $("words").textContent = [0, 3, 6].map((at) => known[parseInt(mine.slice(at, at + 3), 16) % 1024]).join(" ");
  show(then);
  timer = setTimeout(() => location.reload(), 9e4);
}

// ---- what is shown

const local = (what) => what?.toLocaleString([`${lang}-u-nu-latn`, "nb"]);

function show(state) {
  for (const one of document.querySelectorAll("[data-when]")) {
    one.hidden = !one.dataset.when.split(" ").includes(state);
  }
  if (state === "done") $("words").focus();
}

function fill(node, values) {
  for (const slot of node.querySelectorAll("[data-text]")) slot.textContent = values[slot.dataset.text] ?? "";
  return node;
}

function offer() {
  const { rule, options, decides, question } = vote;
  const { ballot = "approval", least = 1, most, budget } = rule;
  card = $("card");
  fill(card, { question, decides, least, most, count: 0, budget: local(budget) });
  const parts = [ballot, most && "most", budget && "budget", vote.practise && "practise", used() && "used"];
  for (const one of card.querySelectorAll("[data-for]")) one.hidden = !parts.includes(one.dataset.for);
  const fields = card.querySelector("fieldset");
  for (const old of fields.querySelectorAll(".choice")) old.remove();
  for (const option of options) {
    const row = fill($(ballot).content.cloneNode(true).firstElementChild, { ...option, cost: local(option.cost) });
    const field = row.querySelector("input") ?? row;
    field.dataset.id = option.id;
    field.name = "choice";
    if (ballot === "approval" && most === 1) field.type = "radio";
    fields.append(row);
  }
  const given = () => [...card.querySelectorAll(ballot === "approval" ? ":checked" : "[data-id]")]
    .filter((one) => +one.value);
  const count = () => given().reduce((sum, one) => sum + (ballot === "points" ? +one.value : 1), 0);
  const form = card.querySelector("form");
  form.oninput = () => {
    card.querySelector("[data-text=count]").textContent = count();
  };
  form.onclick = ({ target }) => {
    const button = target.closest("button[data-id]");
    if (!button) return;
    const place = +button.value;
    for (const one of given()) if (place && one.value > place) one.value--;
    button.value = place ? "" : count() + 1;
    button.ariaPressed = !place;
    form.oninput();
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    const ids = given().sort((a, b) => a.value - b.value).map((one) => one.dataset.id);
    const points = given().map((one) => [one.dataset.id, +one.value]);
    const choice = event.submitter.value ? {} : {
      approval: { c: ids }, points: { p: Object.fromEntries(points) }, ranking: { r: ids.map((one) => [one]) },
    }[ballot];
    const fits = event.submitter.value || (count() >= least && !(most && count() > most));
    card.querySelector("[role=alert]").hidden = fits;
    if (fits) await send(await cast(vote, vote.vid, slip, choice, use()), "done");
  };
  $("unused").onsubmit = async (event) => {
    event.preventDefault();
    if ($("seen").checked) await send(await openedUnused(), "opened");
  };
  show("ask");
}

async function begin(text) {
  const [name, code] = text.includes(".") ? text.split(".") : [$("type").dataset.vote, text];
  show("wait");
  try {
    slip = await keyOf(code);
    vote = await voteOf(name, slip.digest);
    Object.assign(slip, { message: "0".repeat(64) + vote.vid + slip.point, signature: "" });
    const { state } = JSON.parse(new TextDecoder().decode(await opened(await outside(`${box}/votes/${vote.vid}`))));
    carry(`${vote.id}.${code}`);
    if (state === "open") offer();
    else show(state);
  } catch (error) {
    show(typeof error === "string" ? error : "offline");
  }
}

function come() {
  clearTimeout(timer);
  const text = decodeURIComponent(location.hash.slice(1));
  // The key leaves the address and the history at once; after # it was never sent to a server.
  history.replaceState(null, "", location.pathname);
  $("typed").value = "";
  $("type").dataset.vote = text.split(".")[0];
  if (text.includes(".")) begin(text);
  else show("type");
}

$("unable").hidden = !!subtle;
$("type").onsubmit = (event) => {
  event.preventDefault();
  begin($("typed").value);
};
for (const one of document.querySelectorAll("[name=again]")) one.onclick = () => location.reload();
addEventListener("hashchange", () => location.hash && come());
come();
