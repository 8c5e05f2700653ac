// The page of a table, kept on the phone first and sent when there is signal. Without this script every
// form of the page works by itself.
"use strict";

// How operations add up to notes: the same as workshops/rules/merging.py, held to the same vectors.
const FIELDS = ["text", "language", "area", "who", "agreed", "parked", "photo"];

function replaced(operations) {
  const found = new Map();
  for (const { over = [], clock } of operations) {
    for (const id of over) found.set(id, Math.max(found.get(id) ?? 0, clock));
  }
  return found;
}

function addUp(id, operations) {
  operations.sort((a, b) => a.clock - b.clock || (a.id < b.id ? -1 : 1));
  const sets = operations.filter(({ kind }) => kind === "set");
  const gone = replaced(operations.filter(({ kind }) => kind === "delete"));
  const outlives = (by) => (one) => one.clock >= (by.get(one.id) ?? 0);
  const values = {};
  const heads = new Map();
  for (const name of FIELDS) {
    const said = sets.filter(({ fields }) => name in fields);
    const last = said.filter(outlives(replaced(said)));
    const kept = last.filter(outlives(gone));
    if (last.length) values[name] = [...new Set((kept.length ? kept : last).map(({ fields }) => fields[name]))];
    for (const one of last) heads.set(one.id, one);
  }
  const up = new Map();
  const down = new Map();
  for (const one of operations.filter(({ kind }) => kind === "dots")) {
    up.set(one.device, Math.max(up.get(one.device) ?? 0, one.up ?? 0));
    down.set(one.device, Math.max(down.get(one.device) ?? 0, one.down ?? 0));
  }
  const sum = (counts) => [...counts.values()].reduce((a, b) => a + b, 0);
  return {
    id,
    alive: [...heads.values()].some(outlives(gone)),
    clock: operations[0].clock,
    values,
    heads: [...heads.keys()].sort(),
    dots: Math.max(sum(up) - sum(down), 0),
  };
}

function merge(operations) {
  const notes = new Map();
  for (const one of new Map(operations.map((one) => [one.id, one])).values()) {
    if (!notes.has(one.note)) notes.set(one.note, []);
    notes.get(one.note).push(one);
  }
  return [...notes].map(([id, of]) => addUp(id, of)).sort((a, b) => a.clock - b.clock || (a.id < b.id ? -1 : 1));
}

function part(text, longest) {
  const signs = [...text.trim()];
  if (signs.length <= longest) return [signs.join(""), ""];
  const start = signs.slice(0, longest + 1).join("");
  const end = start.search(/\s\S*$/);
  const cut = end > 0 ? end : signs.slice(0, longest).join("").length;
  const whole = signs.join("");
  return [whole.slice(0, cut).trimEnd(), whole.slice(cut).trimStart()];
}

// What is on this phone: in its database where it lets us, else on this page alone.
const at = document.getElementById("capture");
const say = at.dataset;
const path = location.pathname;
const log = new Map();
const unsent = new Set();
const stuck = new Set();
const hidden = new Set();
const dotted = new Map();
const photos = new Map();
const envelopes = new Map();
let cursor = 0;
let clock = 0;
let base = null;

const asked = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

async function open() {
  const request = indexedDB.open(`table ${say.code}`, 1);
  request.onupgradeneeded = () => {
    for (const name of ["ops", "meta", "photos", "sealed"]) request.result.createObjectStore(name);
  };
  base = await asked(request);
  const meta = await read();
  cursor = meta?.cursor ?? 0;
  for (const id of meta?.hidden ?? []) hidden.add(id);
  if (text && !text.value) text.value = meta?.draft ?? "";
}

// What the database of this phone has, also from another page at the same table.
async function read() {
  const reading = base.transaction(["ops", "meta", "photos", "sealed"]);
  const all = (name, what = "getAll") => asked(reading.objectStore(name)[what]());
  const names = ["photos", "sealed"];
  const [meta, ops, ...kept] = await Promise.all([
    asked(reading.objectStore("meta").get("state")),
    all("ops"),
    ...names.flatMap((name) => [all(name, "getAllKeys"), all(name)]),
  ]);
  for (const { op, sent } of ops) learn(op, sent);
  for (const [at, id] of kept[0].entries()) photos.set(id, kept[1][at]);
  for (const [at, id] of kept[2].entries()) envelopes.set(id, kept[3][at]);
  return meta;
}

// Strictly: what the database says is written is written.
function write(change) {
  if (!base) return Promise.resolve();
  return new Promise((done, failed) => {
    const writing = base.transaction(["ops", "meta", "photos", "sealed"], "readwrite", { durability: "strict" });
    change((name) => writing.objectStore(name));
    writing.objectStore("meta").put({ cursor, hidden: [...hidden], draft: text?.value ?? "" }, "state");
    writing.oncomplete = done;
    writing.onabort = () => failed(writing.error);
  }).catch(lost);
}

function lost() {
  base = null;
  tell();
}

function learn(op, sent) {
  if (hidden.has(op.note)) return;
  log.set(op.id, op);
  if (sent) unsent.delete(op.id);
  else unsent.add(op.id);
  // A clock that is far off is nobody's: counting on from it would take everyone there.
  if (op.clock < 2 ** 39) clock = Math.max(clock, op.clock);
}

const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

function record(note, kind, more) {
  const op = { id: random(), note, kind, clock: clock + 1, ...more };
  learn(op, false);
  write((store) => store("ops").put({ op, sent: false }, op.id));
  show();
  sync();
}

// Sending: the same batch twice is stored once, so whatever is not surely there is sent again.
let busy = false;
let failures = 0;
let timer = 0;
let over = say.status === "over";

async function sync() {
  clearTimeout(timer);
  if (busy) return;
  busy = true;
  try {
    let more = true;
    while (more) {
      const batch = [...unsent].filter((id) => !stuck.has(id)).slice(0, 200);
      const said = await post("sync", { cursor, ops: batch.map((id) => log.get(id)) });
      if (said.cursor < cursor) again();
      for (const id of Object.keys(said.refused ?? {})) stuck.add(id);
      const sent = batch.filter((id) => !stuck.has(id));
      for (const id of sent) unsent.delete(id);
      const news = said.ops.filter(({ id, note }) => !log.has(id) && !hidden.has(note));
      for (const op of news) learn(op, true);
      cursor = said.cursor;
      if (sent.length || said.ops.length) {
        write((store) => {
          for (const op of [...news, ...sent.map((id) => log.get(id))]) if (op) store("ops").put({ op, sent: true }, op.id);
        });
        show();
      }
      more = said.more || [...unsent].some((id) => !stuck.has(id));
    }
    await sendRest();
    failures = 0;
  } catch {
    failures += 1;
  }
  busy = false;
  if (over) return forget();
  tell();
  const pause = failures ? Math.min(2 ** failures, 300) * (0.5 + Math.random()) : 3;
  timer = setTimeout(() => (document.hidden && !unsent.size ? 0 : sync()), pause * 1000);
}

// The table's log ends before what was read of it: it was restored from a copy, and gets all of it again.
function again() {
  for (const id of log.keys()) unsent.add(id);
  write((store) => log.forEach((op, id) => store("ops").put({ op, sent: false }, id)));
}

// When the evening is over the phone keeps only what never arrived.
function forget() {
  const sent = [...log.keys()].filter((id) => !unsent.has(id));
  for (const id of sent) log.delete(id);
  write((store) => sent.forEach((id) => store("ops").delete(id)));
  show();
}

async function post(where, body) {
  const answer = await fetch(`${path}/${where}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, proof: say.proof }),
    signal: AbortSignal.timeout?.(20000),
  });
  const said = await answer.json();
  if (said.status === "over") over = true;
  if (!answer.ok) throw new Error(said.status);
  return said;
}

// Showing.
const list = document.getElementById("jots");
const blank = document.getElementById("jot").content;
const composer = document.getElementById("new");
const text = document.getElementById("text");
const state = document.getElementById("state");
const keep = document.getElementById("keep");
const titles = new Map([...blank.querySelectorAll("[name=area] option")].map((one) => [one.value, one.textContent]));
const shown = new Map();

function show() {
  const notes = merge([...log.values()]).filter((n) => n.alive && (n.values.text || n.values.photo));
  const low = list.getBoundingClientRect().bottom < innerHeight + 80;
  const ids = new Set(notes.map(({ id }) => id));
  for (const [id, { item }] of shown) if (!ids.has(id)) item.remove(), shown.delete(id);
  let before = null;
  for (const note of notes) {
    const sign = JSON.stringify([note, note.heads.some((id) => unsent.has(id))]);
    let known = shown.get(note.id);
    // What somebody is changing right now stays as it is under their fingers.
    if (!known || (known.sign !== sign && !known.item.querySelector("details[open]"))) {
      const item = draw(note);
      known?.item.replaceWith(item);
      known = { item, sign, heads: note.heads };
      shown.set(note.id, known);
    }
    known.item.querySelector("[data-dots]").textContent = note.dots;
    if ((before ? before.nextSibling : list.firstChild) !== known.item) list.insertBefore(known.item, before ? before.nextSibling : list.firstChild);
    before = known.item;
  }
  if (low) toEnd();
  tell();
}

// The newest note stands right above where the next one is written.
function toEnd() {
  const over = state.getBoundingClientRect().bottom - (composer?.getBoundingClientRect().top ?? innerHeight);
  if (over > 0) scrollBy(0, over);
}

const made = (tag, words, more = {}) => Object.assign(document.createElement(tag), { textContent: words }, more);

function button(words, more) {
  const one = made("button", words, { className: "ds-button", ...more });
  Object.assign(one.dataset, { variant: "secondary", size: "sm" });
  return one;
}

function draw(note) {
  const item = blank.firstElementChild.cloneNode(true);
  const { text: words = [], area: areas = [], who = [], agreed = [], parked = [], photo = [] } = note.values;
  item.dataset.note = note.id;
  const place = item.querySelector("[data-words]");
  if (words.length > 1) place.append(made("p", say.two, { className: "muted" }));
  for (const one of words) {
    place.append(made("p", one, { dir: "auto" }));
    if (words.length > 1) place.append(button(say.pick, { name: "chosen", value: one }));
  }
  for (const one of photo.filter(Boolean)) {
    const pin = made("button", "", { type: "button", className: "pin" });
    pin.append(made("img", "", { src: photos.get(one) ?? photoAt(one), alt: say.sheet, id: `p${one}` }));
    pin.setAttribute("aria-pressed", pinned === one);
    pin.onclick = () => hold(pinned === one ? "" : one);
    place.append(pin);
  }
  const marks = [...areas.map((one) => titles.get(one)), ...who];
  if (agreed.includes(true)) marks.push(say.agreed);
  if (parked.includes(true)) marks.push(say.parked);
  if (note.heads.some((id) => unsent.has(id))) marks.push(say.waits);
  item.querySelector("[data-marks]").append(...marks.filter(Boolean).map((one) => made("span", one, { dir: "auto" })));
  item.querySelector("[data-dots]").textContent = note.dots;
  const agree = item.querySelector("[data-agree]");
  agree.value = agreed.includes(true) ? "disagree" : "agree";
  agree.setAttribute("aria-pressed", agreed.includes(true));
  item.querySelector("[data-park]").value = parked.includes(true) ? "unpark" : "park";
  item.querySelector("textarea").value = words.at(-1) ?? "";
  const choice = item.querySelector("[name=area]");
  if (choice) choice.value = areas.at(-1) ?? "";
  return item;
}

// A picture that is held stays above while its notes are typed up below.
let pinned = "";

function hold(one) {
  pinned = one;
  for (const pin of list.querySelectorAll(".pin")) pin.setAttribute("aria-pressed", pin.firstChild.id === `p${one}`);
  if (one) text?.focus();
}

let told = 0;

function tell(words, undo) {
  const many = unsent.size + photos.size + envelopes.size;
  if (words) {
    state.replaceChildren(made("span", `${words} `));
    if (undo) state.append(button(say.undo, { onclick: () => (tell(" "), undo()) }));
    told = Date.now() + (undo ? 10000 : 4000);
    setTimeout(tell, undo ? 10100 : 4100);
  } else if (Date.now() > told) {
    const left = many ? say.unsent.replace("{n}", many) : log.size ? say.sent : "";
    state.textContent = over && many ? say.over : base ? left : `${left} ${say.memory}`;
  }
  keep.hidden = !(stuck.size || (many && (over || failures > 2)) || (!base && log.size));
}

keep.firstElementChild.onclick = ({ currentTarget }) => {
  const kept = merge([...log.values()]).map(({ values, dots }) => ({ ...values, dots }));
  const operations = [...unsent].map((id) => log.get(id));
  const rest = { photos: Object.fromEntries(photos), sealed: [...envelopes.values()] };
  const file = new Blob([JSON.stringify({ notes: kept, operations, ...rest }, null, 1)]);
  currentTarget.href = URL.createObjectURL(file);
};

// What people press.
const steps = {
  agree: { agreed: true },
  disagree: { agreed: false },
  park: { parked: true },
  unpark: { parked: false },
};

function press(form, button) {
  const note = form.closest("li").dataset.note;
  const now = merge([...log.values()].filter((op) => op.note === note))[0];
  // What stood here when it was read: a change that came since is not replaced unseen.
  const over = shown.get(note).heads;
  const what = button.name === "chosen" ? "choose" : button.value;
  if (!/dot$/.test(what)) form.querySelector("details").open = false;
  if (what === "dot" || what === "undot") {
    const mine = dotted.get(note) ?? { device: random(), up: 0, down: 0 };
    mine[what === "dot" ? "up" : "down"] += 1;
    dotted.set(note, mine);
    record(note, "dots", { ...mine });
  } else if (what === "delete") {
    record(note, "delete", { over });
    const [back] = now.values.text ?? [""];
    tell(say.deleted, () => {
      const again = merge([...log.values()].filter((op) => op.note === note))[0];
      record(note, "set", { over: again.heads, fields: { text: back } });
    });
  } else if (what === "choose") {
    record(note, "set", { over, fields: { text: button.value } });
  } else if (what === "edit") {
    const [words, rest] = part(form.elements.text.value, +say.longest);
    const fields = { area: form.elements.area?.value ?? "" };
    if (words) fields.text = words;
    record(note, "set", { over, fields });
    if (rest) add(rest);
  } else {
    record(note, "set", { over, fields: steps[what] });
  }
}

function add(words, more = {}) {
  const [start, rest] = part(words, +say.longest);
  const fields = { ...more };
  if (start) fields.text = start;
  for (const name of ["language", "area", "who"]) {
    const value = composer?.elements[name]?.value;
    if (value) fields[name] = value;
  }
  const note = random();
  record(note, "set", { fields });
  const undo = () => record(note, "delete", { over: merge([...log.values()].filter((op) => op.note === note))[0].heads });
  tell(rest ? say.long : say.saved, undo);
  return rest;
}

addEventListener("submit", (event) => {
  const form = event.target;
  if (form !== composer && !at.contains(form)) return;
  event.preventDefault();
  if (form === composer) {
    if (text.value.trim()) text.value = add(text.value);
    write(() => 0);
    text.focus();
    toEnd();
  } else if (event.submitter) {
    press(form, event.submitter);
  }
});

text?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

let drafting = 0;
text?.addEventListener("input", () => {
  clearTimeout(drafting);
  drafting = setTimeout(() => write(() => 0), 400);
});

// What is pressed again is chosen no more.
let chosen = null;
composer?.addEventListener("click", ({ target }) => {
  if (target.type !== "radio") return;
  target.checked = target !== chosen;
  chosen = target.checked ? target : null;
});

// What is on this page alone goes with it.
addEventListener("beforeunload", (event) => !base && unsent.size && event.preventDefault());

addEventListener("online", () => ((failures = 0), sync()));
document.addEventListener("visibilitychange", () => document.hidden || sync());

// Pictures, made small before they are kept, and sealed envelopes: each goes by itself.
const photoAt = (id) => `${path}/photo/${id}?proof=${say.proof}`;

async function sendRest() {
  let missed = null;
  const send = async (name, kept, one) => {
    for (const [id, what] of kept) {
      // One that is not taken holds up none of the others.
      try {
        await one(id, what);
        kept.delete(id);
        await write((store) => store(name).delete(id));
      } catch (error) {
        missed = error;
      }
    }
  };
  await send("photos", photos, sendPhoto);
  await send("sealed", envelopes, (_, envelope) => post("sealed", { envelope }));
  if (missed) throw missed;
}

async function sendPhoto(id, picture) {
  const body = Uint8Array.from(atob(picture.split(",")[1]), (sign) => sign.charCodeAt(0));
  const { ok, status } = await fetch(photoAt(id), { method: "POST", headers: { "content-type": "image/jpeg" }, body });
  if (!ok) throw new Error(status);
  const image = document.getElementById(`p${id}`);
  if (image) image.src = photoAt(id);
}

async function small(file) {
  if (file.size > 60e6) throw new Error("large");
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, 1800 / Math.max(picture.width, picture.height));
  const canvas = made("canvas", "", { width: picture.width * scale, height: picture.height * scale });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.8);
}

const sheet = document.getElementById("photo");
sheet?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = sheet.elements.photo.files[0];
  sheet.reset();
  const note = sheet.querySelector("[data-wrong]");
  try {
    const id = random();
    const picture = await small(file);
    photos.set(id, picture);
    await write((store) => store("photos").put(picture, id));
    sheet.parentElement.open = false;
    add("", { photo: id });
    hold(id);
  } catch {
    note.textContent = note.dataset.wrong;
    note.setAttribute("role", "alert");
  }
});

// Speech, where the browser has it and the table has said yes to who may hear it.
const speak = document.getElementById("speak");
const Speech = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
let listening = null;
if (speak && Speech) {
  const words = speak.textContent;
  speak.hidden = false;
  speak.onclick = () => {
    if (listening) return listening.stop();
    if (!speak.dataset.agreed && !confirm(speak.dataset.warn)) return;
    speak.dataset.agreed = "yes";
    listening = Object.assign(new Speech(), { lang: composer.elements.language.value, continuous: true });
    speak.textContent = speak.dataset.on;
    listening.onresult = ({ results, resultIndex }) => (text.value = `${text.value} ${results[resultIndex][0].transcript}`.trim());
    listening.onend = () => ((listening = null), (speak.textContent = words));
    listening.start();
  };
}

// A shared tablet: what is on the screen goes, and what is not sent is sealed to the door.
const next = document.querySelector("#next button");
if (next && crypto.subtle) {
  next.parentElement.hidden = false;
  next.onclick = async () => {
    if (!confirm(next.dataset.ask)) return;
    if (!globalThis.sealEnvelope) await load(say.envelope);
    if (base) await read();
    const ops = [...unsent].map((id) => log.get(id));
    const parts = [...photos].map(([photo, picture]) => ({ photo, picture: picture.split(",")[1] }));
    for (let at = 0; at < ops.length; at += 200) parts.push({ ops: ops.slice(at, at + 200) });
    const seal = (what) => sealEnvelope(say.key, `table ${say.code}`, JSON.stringify(what));
    for (const what of parts) envelopes.set(random(), await seal(what));
    for (const { note } of log.values()) hidden.add(note);
    for (const one of [log, unsent, stuck, photos]) one.clear();
    text.value = "";
    await write((store) => {
      for (const name of ["ops", "photos"]) store(name).clear();
      envelopes.forEach((envelope, id) => store("sealed").put(envelope, id));
    });
    if (base) return location.reload();
    sync();
    show();
  };
}

const load = (src) =>
  new Promise((onload, onerror) => document.head.append(made("script", "", { src, onload, onerror })));

(async () => {
  list.replaceChildren();
  await open().catch(lost);
  navigator.storage?.persist?.().catch(() => 0);
  show();
  sync();
  const worker = await navigator.serviceWorker?.register(say.worker).catch(() => null);
  if (worker) (await navigator.serviceWorker.ready).active.postMessage(path);
})();
