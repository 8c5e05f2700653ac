// The voting page: collects slips silently, seals the choice, keeps it until the box has promised.
// It is the same for everybody; who you are and what is put to the vote, the roll tells.
import { $, alone, api, box, call, keep, lang, load, outside, published, storage, who } from "./slips.js";
import { ask, cast, first, leaf, leap, promised, receive, subtle } from "./ballot.js";

const known = $("known").textContent.split(" ");
const REFUSED = { 403: "absent", 409: "lost", 410: "late", 422: "wrong" };
let me, timer;
let pause = 500;
let turns = 0;

async function collect(vote, mine) {
  if (!mine.asked) {
    if (vote.collected) throw "lost";
    if (!await storage && vote.state === "frozen") throw "later";
    mine.manifest = await published(vote);
    mine.asked = await ask(mine.manifest, vote.vid);
    mine.q = first();
    await keep(vote, mine);
  }
  const body = JSON.stringify({ blinded: mine.asked.blinded });
  const answer = await call(`votes/${vote.id}/slip`, { method: "POST", body });
  if (!answer.ok) throw REFUSED[answer.status] ?? answer;
  mine.slip = await receive(mine.manifest, mine.asked, (await answer.json()).signed);
  // What would lead from the ballot back to the roll is not kept.
  mine.asked = 0;
  mine.fresh = vote.state === "open";
  await keep(vote, mine);
}

// The same bytes again until the box has promised to count them.
async function send(vote, mine) {
  const answer = await outside(`${box}/votes/${vote.vid}/ballots`, { method: "POST", body: mine.out });
  if (!answer.ok) throw REFUSED[answer.status] ?? answer;
  const promise = await answer.json();
  if (promise.leaf !== mine.leaf || !await promised(mine.manifest, vote.vid, promise)) throw "wrong";
  mine.promise = promise;
  await keep(vote, mine);
}

async function look(vote, mine) {
  const counted = vote.state === "counted";
  const found = await outside(counted ? `${api + vote.id}/bundle.json` : `${box}/votes/${vote.vid}/checkpoints`);
  const chain = await found.json();
  const at = (chain.checkpoints ?? chain).findIndex((one) => one.leaves.includes(mine.leaf));
  mine.seen = at + 1 || (counted && "missing");
  await keep(vote, mine);
}

// One vote, one step further. What is thrown as a word is what the page then says.
async function advance(vote) {
  const mine = await load(vote);
  try {
    if (!mine.slip && /frozen|open/.test(vote.state)) await collect(vote, mine);
    if (mine.out && !mine.promise) await send(vote, mine);
    if (mine.slip && /counted|annulled/.test(vote.state)) await keep(vote, Object.assign(mine, { slip: 0 }));
    if (mine.out && !mine.seen && turns % 8 === 1) await look(vote, mine).catch(() => {});
    show(vote, mine);
  } catch (error) {
    show(vote, mine, error.at && error);
    if (!error.at) throw error;
  }
}

async function turn() {
  turns++;
  let calm = true;
  const fail = () => calm = false;
  await who().then((found) => me = found, fail);
  for (const vote of me?.votes ?? []) await alone(vote, () => advance(vote)).catch(fail);
  $("offline").hidden = calm;
  $("wait").hidden = !!me;
  $("none").hidden = !me || !!me.votes[0];
  $("refused").hidden = !!await storage;
  pause = calm ? 500 : Math.min(2 * pause, 6e4);
  clearTimeout(timer);
  timer = setTimeout(turn, calm ? 6e3 : pause);
}

// ---- what is shown

const local = (what) => what?.toLocaleString(
  [`${lang}-u-ca-gregory-nu-latn`, "nb"], { dateStyle: "long", timeStyle: "short" },
);
const time = (text) => text && local(new Date(text));
const copy = (id) => $(id).content.cloneNode(true).firstElementChild;

function fill(node, values) {
  for (const slot of node.querySelectorAll("[data-text]")) {
    const text = values[slot.dataset.text];
    if (text != null && slot.textContent != text) slot.textContent = text;
  }
  return node;
}

function show(vote, mine, state) {
  const { id, vid, opens, closes } = vote;
  const { rule = {}, options, decides } = mine.manifest ?? {};
  const { ballot = "approval", least = 1, most, budget } = rule;
  const card = $(vid) ?? $("votes").appendChild(copy("card"));
  const all = (what) => [...card.querySelectorAll(what)];
  card.id = vid;
  card.vote = vote;
  state ??= mine.out && !mine.promise ? "sending" : mine.out && card.step !== 1 ? "done" : mine.slip ? "slip" : "wait";
  const word = (at) => known[parseInt(mine.leaf?.slice(at, at + 3), 16) % 1024];
  fill(card, {
    ...vote, opens: time(opens), closes: time(closes), decides, least, most,
    budget: local(budget), seen: mine.seen, words: [0, 3, 6].map(word).join(" "),
  });
  for (const one of all("a")) {
    one.href = one.dataset.href.replace("PANEL", me.panel).replace("VOTE", id)
      + (one.download && JSON.stringify(mine.promise));
  }
  const fields = card.querySelector("fieldset");
  if (state === "slip" && !fields.elements[0]) for (const option of options) {
    const row = fill(copy(ballot), { ...option, cost: local(option.cost) });
    const field = row.querySelector("input") ?? row;
    field.option = option.id;
    field.name = vid;
    if (ballot === "approval" && most === 1) field.type = "radio";
    fields.append(row);
  }
  const states = [
    state, ballot, vote.state, mine.seen > 0 ? "seen" : mine.seen || "unseen",
    opens ? "opens" : "hand", closes && "closes", vote.practise ? "practise" : mine.fresh && "fresh",
    most && "most", budget && "budget",
  ];
  for (const part of all("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").some((one) => states.includes(one));
  }
  if (state === "done" && card.step) card.step = card.querySelector(".receipt").focus();

  // ---- what is tapped

  const form = card.querySelector("form");
  const given = () => all(":checked,[min],[aria-pressed]").filter((one) => +one.value);
  const count = () => given().reduce((sum, one) => sum + (ballot === "points" ? +one.value : 1), 0);
  const put = async (choice) => {
    // A second tap finds it gone already.
    if (form.hidden) return;
    form.hidden = true;
    card.step = 2;
    await alone(vote, async () => {
      const mine = await load(vote);
      if (!mine.out || mine.promise) {
        const sealed = await cast(mine.manifest, vote.vid, mine.slip, choice, mine.q += leap());
        Object.assign(mine, { out: JSON.stringify(sealed), leaf: await leaf(sealed), promise: 0, seen: 0 });
        await keep(vote, mine);
      }
      await advance(card.vote);
    }).catch(turn);
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    if (event.submitter.value) return put({});
    const fits = count() >= least && !(count() > most);
    card.querySelector("[role=alert]").hidden = fits;
    const ids = given().sort((a, b) => a.value - b.value).map((one) => one.option);
    if (fits) put({
      approval: { c: ids },
      points: { p: Object.fromEntries(given().map((one) => [one.option, +one.value])) },
      ranking: { r: ids.map((one) => [one]) },
    }[ballot]);
  };
  form.oninput = () => fill(card, { count: count() });
  form.onclick = ({ target }) => {
    const button = target.closest("[aria-pressed]");
    if (!button) return;
    const place = +button.value;
    for (const one of given()) if (place && one.value > place) one.value--;
    button.value = place ? "" : count() + 1;
    button.ariaPressed = !place;
    form.oninput();
  };
  card.querySelector("[name=again]").onclick = async () => {
    card.step = 1;
    await advance(vote);
    card.querySelector("legend").focus();
  };
}

$("unable").hidden = !!subtle;
addEventListener("online", turn);
turn();
