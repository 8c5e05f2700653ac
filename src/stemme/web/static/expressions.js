// Conditions and checks of a survey on the phone: what a tree gives for a set of answers.
// The rules and their reasons: surveys/expressions/evaluate.py. One file of cases holds both to it.
// `known`: answers, rows, own, today, now, position, chance, columns, lists, labels, as there.

const NUMBER = /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/;
const MOMENT = /^(?:(\d{4})-(\d\d)-(\d\d)(?:T(?=.))?)?(?:(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?$/;
const DAY = 864e5;
const trim = (text) => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
const pad = (value, size) => String(value).padStart(size, "0");

function moment(text) {
  const found = MOMENT.exec(text);
  if (!text || !found) return NaN;
  const [year, month, day, hour = 0, minute = 0, second = 0] =
    found.slice(1).map((part) => (part === undefined ? part : +part));
  if (hour > 23 || minute > 59 || second > 59) return NaN;
  // A date and a time stand apart by a T, and a T stands before a time.
  if (year !== undefined && found[4] !== undefined && text[10] !== "T") return NaN;
  const part = (hour * 3600 + minute * 60 + second) / 86400;
  if (year === undefined) return part;
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  const real = year > 0 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return real ? at.getTime() / DAY + part : NaN;
}

const first = (value) => {
  while (Array.isArray(value)) value = value.length ? value[0] : "";
  return value;
};

export function toNumber(value) {
  if (typeof value !== "string") return Number(value);
  const text = trim(value);
  return NUMBER.test(text) ? Number(text) : moment(text);
}

// At most twelve digits, and never an exponent.
export function toText(value) {
  if (typeof value !== "number" || !Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const [, sign, digits, rest, power] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential(11));
  const all = digits + rest;
  const point = 1 + Number(power);
  const whole = point > 0 ? all.slice(0, point).padEnd(point, "0") : "0";
  const part = point > 0 ? all.slice(point) : "0".repeat(-point) + all;
  const kept = part.replace(/0+$/, "");
  return sign + whole + (kept && "." + kept);
}

export const toTruth = (value) =>
  typeof value === "string" ? value !== "" : !Number.isNaN(value) && Boolean(value);

const tokens = (value) => toText(value).split(/[ \t\r\n]+/).filter(Boolean);

function equal(a, b) {
  if (typeof a === "boolean" || typeof b === "boolean") return toTruth(a) === toTruth(b);
  if (typeof a === "string" && typeof b === "string") return a === b;
  return toNumber(a) === toNumber(b);
}

// A program of surveys/expressions/pattern.py: all ways at once, letter by letter.
function fits(program, text) {
  const letters = Array.from(text, (letter) => letter.codePointAt(0));
  const reach = (waiting, at) => {
    const seen = new Set();
    while (waiting.length) {
      const step = waiting.pop();
      if (seen.has(step)) continue;
      seen.add(step);
      const [kind, ...rest] = program[step];
      if (kind === 1) waiting.push(...rest);
      else if ((kind === 2 && !at) || (kind === 3 && at === letters.length)) waiting.push(step + 1);
    }
    return seen;
  };
  const takes = ([kind, negated, ...ranges], code) => {
    if (kind) return false;
    let inside = false;
    for (let i = 0; i < ranges.length; i += 2) inside ||= ranges[i] <= code && code <= ranges[i + 1];
    return inside !== Boolean(negated);
  };
  let ways = reach([0], 0);
  letters.forEach((code, at) => {
    const onward = [...ways].filter((step) => takes(program[step], code));
    ways = reach(onward.map((step) => step + 1), at + 1);
  });
  return [...ways].some((step) => program[step][0] === 4);
}

function round(value, places) {
  if (!(Math.abs(places) <= 12)) return NaN;
  if (!(Math.abs(value) < 1e15)) return value;
  const scale = 10 ** Math.trunc(places);
  return Math.floor(value * scale + 0.5) / scale + 0;
}

function power(a, b) {
  const found = a ** b;
  return Number.isNaN(a) || Number.isNaN(b) || !Number.isFinite(found) ? NaN : found;
}

const index = (value) => {
  const found = toNumber(value);
  return Math.abs(found) <= 1e9 ? Math.trunc(found) : null;
};

function substr(text, from, to) {
  const start = index(from);
  const stop = to === undefined ? undefined : index(to);
  return start === null || stop === null ? "" : [...toText(text)].slice(start, stop).join("");
}

const instant = (value) => (typeof value === "string" ? moment(trim(value)) : toNumber(value));

function date(value) {
  const day = Math.floor(instant(value));
  if (!(day >= -719162 && day <= 2932896)) return "";
  const at = new Date(day * DAY);
  return `${pad(at.getUTCFullYear(), 4)}-${pad(at.getUTCMonth() + 1, 2)}-${pad(at.getUTCDate(), 2)}`;
}

function formatDate(value, pattern) {
  const iso = date(value);
  if (!iso) return "";
  const at = instant(value);
  const seconds = Math.floor((at - Math.floor(at)) * 86400 + 0.5);
  const [Y, m, d] = iso.split("-");
  const H = pad(Math.floor(seconds / 3600), 2);
  const M = pad(Math.floor(seconds / 60) % 60, 2);
  const parts = { Y, m, n: +m, d, e: +d, H, M, S: pad(seconds % 60, 2), "%": "%" };
  return toText(pattern).replace(/%([^]?)/gu, (_, sign) => parts[sign] ?? "");
}

const at = (parts, place) => parts[index(place) ?? -1] ?? "";
const some = (test) => (...x) => test(...x.map(toNumber));
const byCode = (text, from, to, by) =>
  Array.from(toText(text), (one) =>
    one >= from && one <= to ? String.fromCharCode(one.charCodeAt(0) + by) : one,
  ).join("");

const SCALARS = {
  "=": equal,
  "!=": (a, b) => !equal(a, b),
  "<": some((a, b) => a < b),
  "<=": some((a, b) => a <= b),
  ">": some((a, b) => a > b),
  ">=": some((a, b) => a >= b),
  "+": some((a, b) => a + b),
  "-": some((a, b) => a - b),
  "*": some((a, b) => a * b),
  div: some((a, b) => a / b),
  mod: some((a, b) => (Number.isFinite(a) ? a % b : NaN)),
  neg: some((a) => -a),
  not: (a) => !toTruth(a),
  true: () => true,
  false: () => false,
  boolean: toTruth,
  selected: (a, b) => tokens(a).includes(trim(toText(b))),
  "count-selected": (a) => tokens(a).length,
  "selected-at": (a, b) => at(tokens(a), b),
  "item-at": (a, b, c) => at(toText(a) ? toText(b).split(toText(a)) : [toText(b)], c),
  coalesce: (a, b) => toText(a) || toText(b),
  string: toText,
  "string-length": (a) => [...toText(a)].length,
  contains: (a, b) => toText(a).includes(toText(b)),
  "starts-with": (a, b) => toText(a).startsWith(toText(b)),
  "ends-with": (a, b) => toText(a).endsWith(toText(b)),
  substr,
  "normalize-space": (a) => tokens(a).join(" "),
  "lower-case": (a) => byCode(a, "A", "Z", 32),
  "upper-case": (a) => byCode(a, "a", "z", -32),
  round: (a, b) => round(toNumber(a), b === undefined ? 0 : toNumber(b)),
  int: some((a) => Math.trunc(a) + 0),
  floor: some((a) => Math.floor(a) + 0),
  ceiling: some((a) => Math.ceil(a) + 0),
  abs: some(Math.abs),
  pow: some(power),
  sqrt: some(Math.sqrt),
  number: toNumber,
  date,
  "format-date": formatDate,
  "decimal-date-time": instant,
};

const filled = (fold) => (lists) => {
  const numbers = lists.flat().filter((value) => value !== "").map(toNumber);
  return numbers.some(Number.isNaN) ? NaN : fold(numbers);
};

const LISTS = {
  sum: filled((numbers) => numbers.reduce((a, b) => a + b, 0)),
  min: filled((numbers) => (numbers.length ? Math.min(...numbers) : NaN)),
  max: filled((numbers) => (numbers.length ? Math.max(...numbers) : NaN)),
  count: ([list]) => list.filter((value) => value !== "").length,
  concat: (lists) => lists.flat().map(toText).join(""),
  join: ([[by = ""], ...lists]) => lists.flat().map(toText).join(toText(by)),
};

function lookup(known, [table, column, key, wanted]) {
  return known.lists?.[table]?.find((row) => row[key] === wanted)?.[column] ?? "";
}

function labels(known, tree, value) {
  const told = (Array.isArray(tree) && known.labels?.[tree[1]]) || {};
  return Array.isArray(tree) ? toText(value).split(/\s+/).filter(Boolean).map((one) => told[one] ?? one).join(", ") : "";
}

const READS = {
  ref: (tree, known) => known.answers[tree[1]] ?? known.rows?.[tree[1]] ?? "",
  ".": (_, known) => known.own ?? "",
  col: (tree, known) => known.columns?.[tree[1]] ?? "",
  today: (_, known) => known.today ?? "",
  now: (_, known) => known.now ?? "",
  position: (_, known) => known.position ?? 0,
  random: (_, known) => known.chance ?? 0,
  and: (tree, known) => tree.slice(1).every((part) => holds(part, known)),
  or: (tree, known) => tree.slice(1).some((part) => holds(part, known)),
  if: (tree, known) => evaluate(tree[holds(tree[1], known) ? 2 : 3], known),
  once: (tree, known) => ((known.own ?? "") !== "" ? known.own : evaluate(tree[1], known)),
  regex: (tree, known) => fits(tree[2], toText(first(evaluate(tree[1], known)))),
  "indexed-repeat": (tree, known) => {
    const place = toNumber(first(evaluate(tree[3], known)));
    return known.rows?.[tree[1][1]]?.[Math.trunc(place) - 1] ?? "";
  },
  lookup: (tree, known) =>
    lookup(known, tree.slice(1).map((part) => toText(first(evaluate(part, known))))),
  "choice-label": (tree, known) => labels(known, tree[1], first(evaluate(tree[1], known))),
};

export function evaluate(tree, known) {
  if (!Array.isArray(tree)) return tree;
  const [head, ...parts] = tree;
  if (head in READS) return READS[head](tree, known);
  const values = parts.map((part) => evaluate(part, known));
  if (head in LISTS) return LISTS[head](values.map((value) => [value].flat(Infinity)));
  return SCALARS[head](...values.map(first));
}

export const holds = (tree, known) => toTruth(first(evaluate(tree, known)));
