// A slip left with the roll, sealed with six words that only the voter has; and fetched back.
import { $, alone, call, keep, load, published, who } from "./slips.js";
import { hex, number, random, subtle, unhex, utf8 } from "./ballot.js";

const known = $("known").textContent.split(" ");
let me;

// Once a vote is closed nobody needs its slip, and the locker is gone.
const live = () => me.votes.filter(({ state }) => state === "open" || state === "frozen");

// 60 bits of words and 600 000 rounds: nobody guesses them, not even who keeps the locker.
async function lock(vote, words) {
  const base = await subtle.importKey("raw", utf8(words), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: unhex(vote.vid), iterations: 6e5 };
  const made = { name: "AES-GCM", length: 256 };
  return subtle.deriveKey(how, base, made, false, ["encrypt", "decrypt"]);
}

async function leave(vote, { slip, q }, key) {
  const iv = random(12);
  // The manifest is public and long; who fetches the slip back gets it from the roll, and checks it.
  const plain = utf8(JSON.stringify({ slip, q }));
  const body = hex(iv) + hex(await subtle.encrypt({ name: "AES-GCM", iv }, key, plain));
  const answer = await call(`votes/${vote.id}/locker`, { method: "PUT", body });
  if (!answer.ok) throw answer;
}

async function make() {
  const words = Array.from("123456", () => known[number(random(2)) % 1024n]).join(" ");
  for (const vote of live()) {
    const mine = await load(vote);
    if (mine.slip) await leave(vote, mine, await lock(vote, words));
  }
  $("words").textContent = words;
  $("made").hidden = false;
}

// True if the words opened a slip.
async function take(vote, words) {
  const answer = await call(`votes/${vote.id}/locker`);
  if (!answer.ok) return false;
  const sealed = unhex(await answer.text());
  const key = await lock(vote, words);
  const how = { name: "AES-GCM", iv: sealed.slice(0, 12) };
  const plain = await subtle.decrypt(how, key, sealed.slice(12)).catch(() => {});
  if (!plain) return false;
  const mine = JSON.parse(new TextDecoder().decode(plain));
  mine.manifest = await published(vote);
  // Above the hundred ballots that the lost phone may still cast; the next phone begins above this.
  mine.q += 2 ** 23;
  await leave(vote, mine, key);
  await keep(vote, mine);
  return true;
}

async function look() {
  me = await who();
  const votes = live();
  const here = await Promise.all(votes.map(async (vote) => (await load(vote)).slip));
  $("making").hidden = !here.some((slip) => slip);
  $("taking").hidden = !votes.some((vote, at) => vote.collected && !here[at]);
  $("nothing").hidden = !$("making").hidden || !$("taking").hidden;
  $("offline").hidden = true;
  return votes.filter((vote, at) => !here[at]);
}

const tried = (act) => async (event) => {
  event?.preventDefault();
  document.body.ariaBusy = true;
  await act().catch(() => {
    $("offline").hidden = false;
  });
  document.body.ariaBusy = null;
};

$("unable").hidden = !!subtle;
$("make").onclick = tried(make);
document.querySelector("form").onsubmit = tried(async () => {
  const words = $("typed").value.toLowerCase().trim().split(/\s+/)
    .map((typed) => known.find((one) => one.slice(0, 4) === typed.slice(0, 4)) ?? typed).join(" ");
  let found = false;
  for (const vote of await look()) found = (await alone(vote, () => take(vote, words))) || found;
  $("bad").hidden = found;
  $("here").firstElementChild.hidden = !found;
  await look();
});
tried(look)();
