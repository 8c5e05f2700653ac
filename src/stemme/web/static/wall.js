// Keeps the wall as it hangs: a note that is let onto it shows at once, in the place of the oldest one.
"use strict";

const wall = document.getElementById("wall");
const slots = [...wall.querySelectorAll("[data-slot]")];
const titles = new Map([...document.querySelectorAll("footer [data-area]")].map((one) => [one.dataset.area, one]));
const names = new Map([...document.getElementById("names").content.children].map((one) => [one.dataset.tag, one.textContent]));
const cards = new Map();
const REST = 12000;

const slotOf = (note) => slots.find((slot) => slot.dataset.note === note);

function fill(slot, card) {
  const { note, seq, area, body, language, dots } = card;
  const words = slot.querySelector(".words");
  const change = () => {
    Object.assign(slot.dataset, { note, seq, area, since: performance.now() });
    slot.querySelector(".part").textContent = titles.get(area)?.querySelector(".title").textContent ?? "";
    words.textContent = body;
    words.lang = language;
    words.classList.toggle("long", body.length > 110);
    slot.querySelector(".tongue").textContent = language === wall.dataset.lang ? "" : (names.get(language) ?? "");
    slot.querySelector(".dots").textContent = dots ? wall.dataset.dots.replace("{n}", dots) : "";
    slot.hidden = false;
    slot.classList.remove("away");
  };
  if (slot.hidden || slot.dataset.note === note) return change();
  slot.dataset.note = note;
  slot.classList.add("away");
  setTimeout(change, 450);
}

function empty(slot) {
  slot.hidden = true;
  delete slot.dataset.note;
}

const oldest = () => slots.find((slot) => slot.hidden) ?? slots.reduce((a, b) => (+(a.dataset.since ?? 0) <= +(b.dataset.since ?? 0) ? a : b));

function take(card) {
  const known = cards.get(card.note);
  const slot = slotOf(card.note);
  if (!card.shown) {
    cards.delete(card.note);
    if (slot) empty(slot), turn();
    return;
  }
  cards.set(card.note, card);
  if (slot) fill(slot, card);
  else if (!known) fill(oldest(), card);
}

// What has no place gets one after a while, one note at a time.
function turn() {
  const waiting = [...cards.values()].filter(({ note }) => !slotOf(note));
  const slot = oldest();
  if (!waiting.length || (!slot.hidden && performance.now() - (slot.dataset.since ?? 0) < REST)) return;
  const next = waiting[0];
  cards.delete(next.note);
  cards.set(next.note, next);
  fill(slot, next);
}

function count() {
  for (const [area, item] of titles) {
    const many = [...cards.values()].filter((card) => card.area === area).length;
    item.querySelector("b").textContent = many;
    item.hidden = !many;
  }
  document.getElementById("empty").hidden = cards.size > 0;
}

// From the beginning: what the page showed is part of it, and comes in its place.
const stream = new EventSource(`${wall.dataset.stream}?after=0`);
const lost = document.getElementById("lost");
stream.onopen = () => (lost.hidden = true);
stream.onerror = () => (lost.hidden = false);
stream.onmessage = ({ data }) => {
  for (const card of JSON.parse(data)) take(card);
  count();
};
for (const slot of slots) if (!slot.hidden) slot.querySelector(".words").classList.toggle("long", slot.querySelector(".words").textContent.length > 110);
setInterval(turn, 3000);
