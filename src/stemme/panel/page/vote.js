// The voting page: collects slips silently, seals the choice, keeps it until the box has promised.
// It is the same for everybody; who you are and what is put to the vote, the roll tells.
import { $, alone, api, box, call, keep, lang, load, outside, site, storage, who } from "./slips.js";
import { ask, cast, leaf, promised, receive, sha256, subtle } from "./ballot.js";

const locales = [`${lang}-u-ca-gregory-nu-latn`, "nb"];
const known = $("known").textContent.split(" ");
const again = {};
let me, timer;
let pause = 6;
let turns = 0;

// The manifest, if the box and the public have the same; else somebody is being singled out.
async function published({ id, vid }) {
  const check = async (answer) => {
    const body = await answer.arrayBuffer();
    if (vid !== await sha256(body)) throw "wrong";
    return JSON.parse(new TextDecoder().decode(body));
  };
  for (const copy of [`${box}/votes/${vid}/manifest`, `${api + id}/manifest.json`]) {
    await outside(copy).then((answer) => answer.ok && check(answer), () => {});
  }
  return check(await call(`votes/${id}/manifest`));
}

async function collect(vote, mine) {
  if (!mine.asked) {
    if (vote.collected) throw "lost";
    if (!(await storage) && vote.state !== "open") throw "ready";
    mine.manifest = await published(vote);
    mine.asked = await ask(mine.manifest, vote.vid);
    await keep(vote, mine);
  }
  const body = JSON.stringify({ blinded: mine.asked.blinded });
  const answer = await call(`votes/${vote.id}/slip`, { method: "POST", body });
  if (!answer.ok) throw { 403: "absent", 409: "lost", 410: "over" }[answer.status] ?? "wrong";
  mine.slip = await receive(mine.manifest, mine.asked, (await answer.json()).signed);
  await keep(vote, mine);
}

// The same bytes again until the box has promised to count them.
async function send(vote, mine) {
  const answer = await outside(`${box}/votes/${vote.vid}/ballots`, { method: "POST", body: mine.out });
  if (!answer.ok) throw { 410: "late", 422: "wrong" }[answer.status] ?? answer;
  mine.promise = await answer.json();
  if (mine.promise.leaf !== mine.leaf || !await promised(mine.manifest, vote.vid, mine.promise)) throw "wrong";
  again[vote.id] = 0;
  await keep(vote, mine);
}

async function look(vote, mine) {
  const counted = vote.state === "counted";
  const found = await outside(counted ? `${api + vote.id}/bundle.json` : `${box}/votes/${vote.vid}/checkpoints`);
  const chain = await found.json();
  mine.seen = (chain.checkpoints ?? chain).findIndex((one) => one.leaves.includes(mine.leaf)) + 1;
  mine.missing = counted && !mine.seen;
  await keep(vote, mine);
}

// One vote, one step further.
async function advance(vote) {
  const mine = await load(vote);
  const open = vote.state === "open";
  const live = open || vote.state === "frozen";
  let state, trouble;
  try {
    if (live && !mine.slip) await collect(vote, mine);
    if (mine.out && !mine.promise) await send(vote, mine);
  } catch (error) {
    if (error.at) state = error;
    else trouble = error;
  }
  if (mine.promise && !mine.seen && turns % 8 === 1) await look(vote, mine).catch(() => {});
  state ??= mine.promise && !again[vote.id] ? "done"
    : mine.out && !mine.promise ? (live ? "sending" : "late")
    : live ? (mine.slip ? (open ? "ask" : "ready") : "wait") : "";
  show(vote, mine, state);
  if (trouble) throw trouble;
}

async function turn() {
  turns++;
  let calm = true;
  const fail = () => calm = false;
  await who().then((found) => me = found, fail);
  for (const vote of me?.votes ?? []) await alone(vote, () => advance(vote)).catch(fail);
  $("offline").hidden = calm;
  $("wait").hidden = !!me;
  $("none").hidden = !me || me.votes[0];
  $("refused").hidden = !!await storage;
  pause = calm ? 6 : Math.min(2 * pause, 60);
  clearTimeout(timer);
  timer = setTimeout(turn, 1e3 * pause);
}

// ---- what is shown

const local = (what) => what?.toLocaleString(locales, { dateStyle: "long", timeStyle: "short" });
const moment = (text) => text && local(new Date(text));
const copy = (id) => $(id).content.cloneNode(true).firstElementChild;

function fill(node, values) {
  for (const slot of node.querySelectorAll("[data-text]")) {
    const text = values[slot.dataset.text];
    if (text != null && slot.textContent != text) slot.textContent = text;
  }
  return node;
}

function show(vote, mine, state) {
  const { id } = vote;
  const own = "vote-" + id;
  const { rule = {}, options, decides } = mine.manifest ?? {};
  const { ballot: sort = "approval", least = 1, most, budget, name } = rule;
  const card = $(own) ?? $("votes").appendChild(copy("card"));
  card.id = own;
  listen(card, vote, rule, sort);
  const word = (at) => mine.leaf && known[parseInt(mine.leaf.slice(at, at + 3), 16) % 1024];
  fill(card, {
    ...vote, opens: moment(vote.opens), closes: moment(vote.closes),
    decides, least, most, budget: local(budget), seen: mine.seen,
    one: word(0), two: word(3), three: word(6),
  });
  for (const one of card.querySelectorAll("a")) {
    one.href = one.dataset.href.replace("PANEL", me.panel).replace("VOTE", id) + (one.download && JSON.stringify(mine.promise));
  }
  const fields = card.querySelector("fieldset");
  if (state === "ask" && !fields.elements[0]) for (const option of options) {
    const row = fill(copy(sort), { ...option, cost: local(option.cost) });
    const field = row.querySelector("input") ?? row;
    field.dataset.id = option.id;
    field.name = own;
    if (sort === "approval" && (most === 1 || name === "yes-no")) field.type = "radio";
    fields.append(row);
  }
  const states = [
    state, sort, vote.state,
    state === "done" && (mine.seen ? "seen" : mine.missing ? "missing" : "unseen"),
    vote.opens ? "opens" : "hand", vote.closes && "closes", vote.practise && "practise",
    most && "most", budget && "budget",
  ];
  for (const part of card.querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").some((one) => states.includes(one));
  }
  if (state === "done" && card.state === "sending") card.querySelector(".receipt").focus();
  card.state = state;
}

// ---- what is tapped

function listen(card, vote, { least = 1, most }, sort) {
  const all = (what) => [...card.querySelectorAll(what)];
  const given = () => all(sort === "approval" ? ":checked" : "[data-id]").filter((one) => +one.value);
  const count = () => given().reduce((sum, one) => sum + (sort === "points" ? +one.value : 1), 0);
  const form = card.querySelector("form");
  const put = async (choice) => {
    // At once, so that a second tap finds nothing.
    form.hidden = true;
    card.state = "sending";
    await alone(vote, async () => {
      const mine = await load(vote);
      if (!mine.out || mine.promise) {
        const ballot = await cast(mine.manifest, vote.vid, mine.slip, choice, ++mine.q);
        Object.assign(mine, { out: JSON.stringify(ballot), leaf: await leaf(ballot), promise: 0, seen: 0 });
        await keep(vote, mine);
      }
      await advance(vote);
    }).catch(turn);
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    if (event.submitter.value) return put({});
    const wrong = count() < least || (most && count() > most);
    card.querySelector("[role=alert]").hidden = !wrong;
    const of = (one) => one.dataset.id;
    const ids = given().sort((a, b) => a.value - b.value).map(of);
    if (!wrong) put({
      approval: { c: ids },
      points: { p: Object.fromEntries(given().map((one) => [of(one), +one.value])) },
      ranking: { r: ids.map((one) => [one]) },
    }[sort]);
  };
  form.oninput = () => fill(card, { count: count() });
  form.onclick = ({ target }) => {
    const button = target.closest("[data-id]");
    if (sort !== "ranking" || !button) return;
    const place = +button.value;
    for (const one of given()) if (place && one.value > place) fill(one, { place: --one.value });
    button.value = place ? "" : count() + 1;
    button.ariaPressed = !place;
    fill(button, { place: button.value });
    form.oninput();
  };
  card.querySelector("[name=again]").onclick = async () => {
    again[vote.id] = 1;
    await advance(vote);
    card.querySelector("legend").focus();
  };
}

$("unable").hidden = !!subtle;
addEventListener("online", turn);
addEventListener("visibilitychange", () => document.hidden || turn());
turn();
