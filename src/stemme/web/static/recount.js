// Recounts a vote from its public bundle, in the browser and with nothing but it. The same checks,
// with the reasons, in Python: panel/recount.py. It shares no line with the program that held the vote.

const { subtle } = crypto;
const P256 = { namedCurve: "P-256", hash: "SHA-256" };
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const LEAST = 5;

const utf8 = (text) => new TextEncoder().encode(text);
const hex = (data) => Array.from(new Uint8Array(data), (one) => one.toString(16).padStart(2, 0)).join("");
const sha = async (text) => hex(await subtle.digest("SHA-256", utf8(text)));
const big = (text) => BigInt(`0x${text.replace(/^0x/, "") || 0}`);
const base64 = (text) =>
  btoa(String.fromCharCode(...unhex(text))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const same = (one, other) => canonical(one) === canonical(other);

function unhex(text) {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw "written";
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function join(...parts) {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

export function canonical(plain) {
  if (Array.isArray(plain)) return `[${plain.map(canonical)}]`;
  if (plain === null || typeof plain !== "object") return JSON.stringify(plain);
  return `{${Object.keys(plain).sort().map((key) => `${JSON.stringify(key)}:${canonical(plain[key])}`)}}`;
}

// ---- what was received

// Whether the owner of a point signed the message; s must be the lower of two.
async function signed(point, message, signature) {
  const raw = unhex(signature);
  if (raw.length !== 64 || big(signature.slice(64)) > ORDER / 2n) return false;
  const how = { ...P256, name: "ECDSA" };
  try {
    return await subtle.verify(how, await subtle.importKey("raw", point, how, false, ["verify"]), raw, message);
  } catch {
    return false;
  }
}

const rollKey = (manifest) => subtle.importKey(
  "jwk", { kty: "RSA", e: "AQAB", n: base64(manifest.slip_key.replace(/^0x/, "")) },
  { name: "RSA-PSS", hash: "SHA-384" }, false, ["verify"],
);

// The slip of a ballot that is well formed, for this vote and signed throughout.
async function slipOf({ body, s }, vid, manifest, key) {
  const plain = JSON.parse(body);
  const { m, q, t, x } = plain;
  if (canonical(plain) !== body || Object.keys(plain).length !== 4) throw "written";
  if (!Number.isInteger(q) || q < 1 || q >= 2 ** 31) throw "number";
  const message = unhex(m);
  unhex(x);
  if (message.length !== 129 || m.slice(64, 128) !== vid) throw "foreign";
  const point = message.slice(64);
  if (t === "") {
    const printed = hex(await subtle.digest("SHA-256", point));
    if (!manifest.paper?.includes(printed) || !/^0{64}/.test(m)) throw "unprinted";
  } else {
    const how = { name: "RSA-PSS", saltLength: 48 };
    if (!x || !(await subtle.verify(how, key, unhex(t), message))) throw "unsigned";
  }
  if (!(await signed(point, join(unhex(vid), utf8(body)), s))) throw "altered";
  return { m, q, x };
}

// All hashes in the chain, which must begin at the manifest.
async function chainOf(vid, checkpoints, faults) {
  const listed = [];
  let head = vid;
  for (const [n, { n: number, previous, leaves, head: said }] of checkpoints.entries()) {
    if (number !== n || previous !== head || !same(leaves, [...leaves].sort())) faults.push("chain");
    head = await sha(canonical({ leaves, previous: head }));
    if (said !== head) faults.push("chain");
    listed.push(...leaves);
  }
  if (new Set(listed).size !== listed.length) faults.push("chain");
  return new Set(listed);
}

// What was in the box: the sealed choice that counts of every slip, by phone and on paper.
async function received({ manifest, ballots, checkpoints }, vid, faults) {
  const listed = await chainOf(vid, checkpoints, faults);
  const have = new Map();
  for (const { body, s } of ballots) have.set(await sha(canonical({ body, s })), { body, s });
  const missing = [...listed].some((leaf) => !have.has(leaf));
  const unlisted = [...have.keys()].some((leaf) => !listed.has(leaf));
  if (missing || unlisted || have.size !== ballots.length) faults.push("listed");
  const key = await rollKey(manifest);
  const best = new Map();
  const unused = new Set();
  await Promise.all([...have].map(async ([leaf, ballot]) => {
    try {
      const { m, q, x } = await slipOf(ballot, vid, manifest, key);
      const other = best.get(m);
      if (!x) unused.add(m);
      else if (!other || q > other.q || (q === other.q && leaf > other.leaf)) best.set(m, { q, leaf, x });
    } catch {
      faults.push("slips");
    }
  }));
  const counted = [...best].filter(([m]) => !unused.has(m));
  const paper = counted.filter(([m]) => m.startsWith("0".repeat(64))).length;
  return {
    sealed: counted.map(([, { x }]) => x), paper, phone: counted.length - paper,
    unused: unused.size, undone: [...unused].filter((m) => best.has(m)).length,
  };
}

// Where a head or a promise that somebody kept stands.
async function keptFits(kept, { manifest, checkpoints }, vid) {
  if (!kept.startsWith("{")) {
    const head = kept.toLowerCase();
    return head === vid || checkpoints.some((one) => one.head === head);
  }
  const { by, leaf, signature } = JSON.parse(kept);
  const text = join(utf8("promise"), unhex(vid), utf8(canonical({ by, leaf })));
  const ours = await signed(unhex(manifest.box_key), text, signature);
  return ours && checkpoints.some(({ leaves }) => leaves.includes(leaf));
}

// ---- what was chosen

// The key that opens the choices, if it is the one they were sealed to.
async function tallyKey({ manifest: { tally_key: point }, opened: { tally_secret: secret } }) {
  const how = { ...P256, name: "ECDH" };
  const [x, y] = [point.slice(2, 66), point.slice(66)].map(base64);
  const jwk = { kty: "EC", crv: "P-256", x, y, d: base64(secret) };
  const key = await subtle.importKey("jwk", jwk, how, false, ["deriveBits"]);
  // Not every browser looks whether the two halves belong together.
  const [other, open] = await Promise.all([
    subtle.generateKey(how, false, ["deriveBits"]),
    subtle.importKey("raw", unhex(point), how, false, []),
  ]);
  const [one, two] = await Promise.all([[other.publicKey, key], [open, other.privateKey]].map(
    ([theirs, mine]) => subtle.deriveBits({ ...how, public: theirs }, mine, 256),
  ));
  if (hex(one) !== hex(two)) throw "key";
  return key;
}

// The choice in a ballot; undefined if it cannot be opened or read: then it is blank.
async function unseal(key, sealed, vid) {
  const raw = unhex(sealed);
  const id = unhex(vid);
  const how = { ...P256, name: "ECDH" };
  try {
    const theirs = await subtle.importKey("raw", raw.slice(0, 65), how, false, []);
    const agreed = await subtle.deriveBits({ ...how, public: theirs }, key, 256);
    const secret = await subtle.importKey("raw", agreed, "HKDF", false, ["deriveKey"]);
    const info = join(utf8("stemme ballot 1"), id);
    const opens = await subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
      secret, { name: "AES-GCM", length: 256 }, false, ["decrypt"],
    );
    const gcm = { name: "AES-GCM", iv: new Uint8Array(12), additionalData: id };
    const plain = await subtle.decrypt(gcm, opens, raw.slice(65));
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain).replace(/ +$/, "");
    const choice = JSON.parse(text);
    return same([...text].sort(), [...canonical(choice)].sort()) ? choice : undefined;
  } catch {
    return undefined;
  }
}

const isPlain = (one) => one !== null && typeof one === "object" && !Array.isArray(one);

// The choice as ranks of options and points; undefined if it is blank or breaks the rule.
function ballotOf(choice, { rule, options }) {
  const { ballot: sort = "approval", least = 1, most = 0 } = rule;
  if (!isPlain(choice)) return undefined;
  const points = sort === "points" ? choice.p : {};
  if (!isPlain(points)) return undefined;
  const given = Object.values(points);
  const ranks = given.length || sort === "points" ? Object.keys(points).map((one) => [one])
    : sort === "ranking" ? choice.r : [choice.c];
  if (!Array.isArray(ranks) || !ranks.every(Array.isArray)) return undefined;
  const named = ranks.flat();
  const whole = given.every((one) => Number.isInteger(one) && one > 0 && one < 2 ** 31);
  const known = new Set(options.map(({ id }) => id));
  const once = named.every((one) => known.has(one)) && new Set(named).size === named.length;
  const size = sort === "points" ? given.reduce((sum, one) => sum + one, 0) : named.length;
  if (!whole || !named.length || !once || size < least || (most && size > most)) return undefined;
  return { ranks: ranks.filter((rank) => rank.length), named: new Set(named), points };
}

// ---- fractions: [numerator, denominator > 0]

const gcd = (a, b) => {
  while (b) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
};
const fraction = (n, d = 1n) => {
  const common = gcd(n, d) || 1n;
  return [n / common, d / common];
};
const plus = ([a, b], [c, d]) => fraction(a * d + c * b, b * d);
const times = ([a, b], [c, d]) => fraction(a * c, b * d);
const order = ([a, b], [c, d]) => (a * d < c * b ? -1 : a * d > c * b ? 1 : 0);
const part = (text = "0") => {
  const [n, d = 1] = text.split("/");
  return [BigInt(n), BigInt(d)];
};
const sum = (all, of) => all.reduce((total, one) => total + of(one), 0n);
const mark = (yes) => (yes ? 1n : 0n);

// ---- the rules: each gives the winners in the order they won

class Count {
  constructor({ rule, options, tie_order: lot }, ballots, blank) {
    const points = rule.ballot === "points";
    Object.assign(this, { ballots, points, lot, seats: rule.seats ?? 1, step: BigInt(rule.step ?? 1) });
    this.options = options.map(({ id }) => id);
    this.costs = new Map(options.map(({ id, cost }) => [id, BigInt(cost ?? 0)]));
    this.budget = BigInt(rule.budget ?? 0);
    this.completion = rule.completion || "add1-greedy";
    this.utility = rule.utility || (points ? "points" : "cost");
    this.voters = ballots.length + blank;
  }

  // The options with the highest scores, [id, fraction], ties by the lot.
  best(scores, seats) {
    const place = ([id]) => this.lot.indexOf(id);
    return [...scores].sort((a, b) => order(b[1], a[1]) || place(a) - place(b))
      .slice(0, seats).map(([id]) => id);
  }

  scored(of) {
    return this.options.map((id) => [id, [sum(this.ballots, (ballot) => of(ballot, id)), 1n]]);
  }

  first(ids, seats = 1) {
    return this.best(ids.map((id) => [id, [0n, 1n]]), seats);
  }

  approval() {
    return this.best(this.scored(({ named }, id) => mark(named.has(id))), this.seats);
  }

  totals() {
    return this.scored(({ named, points }, id) =>
      named.has(id) ? (this.points ? BigInt(points[id]) : 1n) : 0n);
  }

  score() {
    return this.best(this.totals(), this.seats);
  }

  yes_no() {
    const [[yes, [pro]], [no, [contra]]] = this.scored(({ named }, id) => mark(named.has(id)));
    return pro + contra ? [pro > contra ? yes : no] : [];
  }

  plurality() {
    const scores = this.scored(({ ranks: [rank] }, id) => mark(rank.length === 1 && rank[0] === id));
    return this.best(scores, this.seats);
  }

  whole({ ranks, named }) {
    const rest = this.options.filter((id) => !named.has(id));
    return rest.length ? [...ranks, rest] : ranks;
  }

  borda() {
    const twice = new Map(this.options.map((id) => [id, 0n]));
    for (const ballot of this.ballots) {
      let below = this.options.length;
      for (const rank of this.whole(ballot)) {
        below -= rank.length;
        for (const id of rank) twice.set(id, twice.get(id) + BigInt(2 * below + rank.length - 1));
      }
    }
    return this.best([...twice].map(([id, n]) => [id, [n, 2n]]), 1);
  }

  duels() {
    const size = this.options.length;
    const met = this.options.map(() => Array(size).fill(0));
    for (const ballot of this.ballots) {
      const ranks = this.whole(ballot);
      const place = this.options.map((id) => ranks.findIndex((rank) => rank.includes(id)));
      met.forEach((row, a) => row.forEach((_, b) => { row[b] += place[a] < place[b]; }));
    }
    return met;
  }

  condorcet() {
    const met = this.duels();
    return this.options.filter((_, a) => met.every((row, b) => a === b || met[a][b] > row[a]));
  }

  schulze() {
    const met = this.duels();
    const path = met.map((row, a) => row.map((n, b) => (n > met[b][a] ? n : 0)));
    for (let through = 0; through < path.length; through++) {
      path.forEach((row, a) => row.forEach((n, b) => {
        if (a !== b) row[b] = Math.max(n, Math.min(row[through], path[through][b]));
      }));
    }
    return this.first(this.options.filter((_, a) => path.every((row, b) => path[a][b] >= row[a])));
  }

  irv() {
    return this.transfers(1);
  }

  stv() {
    return this.transfers(this.seats, [BigInt(Math.floor(this.voters / (this.seats + 1)) + 1), 1n]);
  }

  transfers(seats, quota) {
    let standing = [...this.options];
    const winners = [];
    const history = [];
    const worth = this.ballots.map(() => [1n, 1n]);
    while (standing.length && winners.length < seats) {
      const scores = new Map(standing.map((id) => [id, [0n, 1n]]));
      const holders = this.ballots.map(({ ranks }, at) => {
        const held = ranks.map((rank) => rank.filter((id) => scores.has(id)));
        const here = held.find((rank) => rank.length) ?? [];
        const share = here.length && times(worth[at], [1n, BigInt(here.length)]);
        for (const id of here) scores.set(id, plus(scores.get(id), share));
        return here;
      });
      const [n, d] = [...scores.values()].reduce(plus, [0n, 1n]);
      const needed = quota ?? [n / (2n * d) + 1n, 1n];
      const free = seats - winners.length;
      let elected = this.best([...scores].filter(([, score]) => order(score, needed) >= 0), free);
      if (!elected.length && standing.length <= free) elected = this.best(scores, free);
      history.unshift(scores);
      if (elected.length) {
        const over = new Map(elected.map((id) => {
          const [a, b] = scores.get(id);
          return [id, order([a, b], needed) > 0 ? fraction(a * needed[1] - b * needed[0], a * needed[1]) : [0n, 1n]];
        }));
        holders.forEach((here, at) => {
          if (!here.length) return;
          const kept = here.map((id) => over.get(id) ?? [1n, 1n]).reduce(plus);
          worth[at] = times(worth[at], times(kept, [1n, BigInt(here.length)]));
        });
        winners.push(...elected);
      } else {
        let weak = standing;
        for (const earlier of history) {
          const least = weak.map((id) => earlier.get(id)).reduce((a, b) => (order(a, b) > 0 ? b : a));
          weak = weak.filter((id) => !order(earlier.get(id), least));
        }
        elected = this.first(weak, weak.length).slice(-1);
      }
      standing = standing.filter((id) => !elected.includes(id));
    }
    return winners;
  }

  // -- money

  cost(ids) {
    return sum(ids, (id) => this.costs.get(id));
  }

  greedy(winners = []) {
    const chosen = [...winners];
    for (const id of this.best(this.totals().filter(([, [n]]) => n))) {
      if (!chosen.includes(id) && this.cost([...chosen, id]) <= this.budget) chosen.push(id);
    }
    return chosen;
  }

  // Of every option that somebody chose and the budget can pay: who gains what from it.
  supporters() {
    const gain = ({ points }, id) => this.utility === "cost" ? this.costs.get(id) || 1n
      : this.utility === "points" && this.points ? BigInt(points[id]) : 1n;
    const found = this.options.map((id) => [id, this.ballots
      .map((ballot, at) => [at, ballot.named.has(id) && gain(ballot, id)]).filter(([, worth]) => worth)]);
    return new Map(found.filter(([, group]) => group.length));
  }

  equal_shares() {
    const groups = this.supporters();
    const voters = BigInt(this.voters || 1);
    let rise = 0n;
    let bought = this.withShare(groups, rise);
    while (this.completion.startsWith("add1") && bought.length < groups.size
      && (this.budget + rise * voters <= this.budget * voters)) {
      rise += this.step;
      const more = this.withShare(groups, rise);
      if (this.cost(more) > this.budget) break;
      bought = more;
    }
    return this.completion.endsWith("greedy") ? this.greedy(bought) : bought;
  }

  // What is bought with equal shares of the budget and `rise` kroner more each. Money is counted in
  // whole parts of a krone, more of them whenever something is paid at a rate that is a fraction.
  withShare(groups, rise) {
    let parts = BigInt(this.voters || 1);
    let money = this.ballots.map(() => this.budget + rise * parts);
    const bought = [];
    let rates = [...groups.keys()].filter((id) => this.costs.get(id) <= this.budget)
      .map((id) => [id, [0n, 1n]]);
    for (;;) {
      // Money only gets less, so a rate never falls, and who cannot pay now never can. The rate of
      // before says which options need not be looked at again.
      let least;
      rates = rates.sort((a, b) => order(a[1], b[1])).map(([id, before]) => {
        if (least && order(before, least) > 0) return [id, before];
        const rate = this.rate(groups.get(id), money, this.costs.get(id) * parts, parts);
        if (rate && !(least && order(rate, least) > 0)) least = rate;
        return [id, rate];
      }).filter(([, rate]) => rate);
      if (!least) return bought;
      const [id] = this.first(rates.filter(([, rate]) => !order(rate, least)).map(([one]) => one));
      const [paid, power] = times(least, [parts, 1n]);
      money = money.map((has) => has * power);
      for (const [at, gain] of groups.get(id)) {
        money[at] = money[at] > paid * gain ? money[at] - paid * gain : 0n;
      }
      parts *= power;
      bought.push(id);
      rates = rates.filter(([one]) => one !== id);
    }
  }

  // What a unit of gain costs in kroner, if those with less give all they have; else nothing.
  rate(group, money, cost, parts) {
    let rest = cost;
    if (sum(group, ([at]) => money[at]) < rest) return undefined;
    let power = sum(group, ([, gain]) => gain);
    const poorest = [...group].sort(([a, p], [b, q]) => order([money[a], p], [money[b], q]));
    for (const [at, gain] of poorest) {
      if (money[at] * power >= rest * gain) break;
      rest -= money[at];
      power -= gain;
    }
    return fraction(rest, power * parts);
  }

  phragmen(costs = this.costs, budget = this.budget) {
    const last = this.ballots.map(() => [0n, 1n]);
    const groups = this.supporters();
    let open = [...groups.keys()].filter((id) => costs.get(id) <= budget);
    const bought = [];
    while (open.length) {
      const due = open.map((id) => {
        const group = groups.get(id);
        const whole = group.reduce((total, [at]) => plus(total, last[at]), [costs.get(id), 1n]);
        return [id, times(whole, [1n, BigInt(group.length)])];
      });
      const soonest = due.map(([, time]) => time).reduce((a, b) => (order(a, b) > 0 ? b : a));
      const [id] = this.first(due.filter(([, time]) => !order(time, soonest)).map(([one]) => one));
      if (sum([...bought, id], (one) => costs.get(one)) > budget) break;
      for (const [at] of groups.get(id)) last[at] = soonest;
      bought.push(id);
      open = open.filter((one) => one !== id);
    }
    return bought;
  }

  committee_phragmen() {
    return this.filled(this.phragmen(new Map(this.options.map((id) => [id, 1n])), BigInt(this.seats)));
  }

  committee_equal_shares() {
    this.costs = new Map(this.options.map((id) => [id, 1n]));
    Object.assign(this, { budget: BigInt(this.seats), utility: "count", completion: "greedy" });
    return this.filled(this.equal_shares());
  }

  filled(winners) {
    const rest = this.options.filter((id) => !this.ballots.some(({ named }) => named.has(id)));
    return [...winners, ...this.first(rest, Math.max(0, this.seats - winners.length))];
  }
}

// The winners of choices that were opened; throws for a rule that there is not.
export function winnersOf(manifest, choices) {
  const ballots = choices.map((one) => ballotOf(one, manifest));
  const whole = ballots.filter((one) => one);
  const count = new Count(manifest, whole, ballots.length - whole.length);
  const name = manifest.rule.name.replace(/-/g, "_");
  if (!RULES.includes(name)) throw "rule";
  return { blank: ballots.length - whole.length, winners: count[name]() };
}
const RULES = [
  "approval", "score", "yes_no", "plurality", "borda", "condorcet", "schulze", "irv", "stv",
  "greedy", "equal_shares", "phragmen", "committee_phragmen", "committee_equal_shares",
];

// ---- the whole recount

// What a bundle really says. `faults` names what is wrong: chain, listed, slips, numbers, key,
// count, kept. `kept` is a head or a promise that somebody kept.
export async function recount(bundle, kept = "") {
  const { manifest, checkpoints, opened, result } = bundle;
  const vid = await sha(canonical(manifest));
  const faults = [];
  if (kept && !(await keptFits(kept, bundle, vid).catch(() => false))) faults.push("kept");
  const box = await received(bundle, vid, faults);
  const { collected, drawn = 0 } = opened;
  if (box.phone > collected || box.paper > drawn || collected + drawn > manifest.roll_count) {
    faults.push("numbers");
  }
  const voters = box.sealed.length;
  let found = { voters, annulled: result.annulled };
  if (!("annulled" in result)) {
    if (voters < LEAST && !manifest.practise) faults.push("key");
    const key = await tallyKey(bundle).catch(() => faults.push("key") && undefined);
    const choices = await Promise.all(box.sealed.map((one) => key && unseal(key, one, vid)));
    const [n, d] = part(manifest.rule.quorum);
    const valid = BigInt(voters) * d >= n * BigInt(manifest.roll_count);
    found = { voters, valid, ...winnersOf(manifest, choices) };
  } else if ("tally_secret" in opened) faults.push("key");
  if (Object.entries(found).some(([what, value]) => !same(result[what] ?? null, value))) faults.push("count");
  const left = Math.max(0, (manifest.paper?.length ?? 0) - drawn - box.unused);
  return { vid, faults: [...new Set(faults)].sort(), found, box, left, heads: checkpoints.map(({ head }) => head) };
}

// ---- the page

const $ = (id) => document.getElementById(id);
const all = (name, act) => document.querySelectorAll(`[data-${name}]`).forEach((one) => act(one, one.dataset[name]));
const show = (one, yes) => { one.hidden = !yes; };
const root = globalThis.document && $("recount");
let bundle;

async function look(kept = "") {
  const { vid, faults, found, box, left, heads } = await recount(bundle, kept);
  const { manifest, opened, result } = bundle;
  if (vid !== root.dataset.vid) faults.push("manifest");
  const { winners = [], valid = true, voters, blank } = found;
  const annulled = "annulled" in result;
  // Of what was annulled nothing was opened and nothing counted.
  const told = (name) => (name === "kept" ? kept : !annulled || !/key|count/.test(name) || faults.includes(name));
  all("check", (one, name) => {
    show(one, told(name));
    one.querySelectorAll("[data-ok]").forEach((mark) =>
      show(mark, (mark.dataset.ok === "yes") !== faults.includes(name)));
  });
  all("verdict", (one, name) => show(one, (name === "yes") === !faults.length));
  const when = { annulled, winners: winners.length, nobody: !annulled && !winners.length, few: !valid };
  all("when", (one, name) => show(one, when[name]));
  document.querySelector("[data-text]").textContent = result.annulled ?? "";
  const titles = new Map(manifest.options.map(({ id, title }) => [id, title]));
  document.querySelector(".winners").replaceChildren(...winners.map((id) => {
    const [line, title] = ["li", "bdi"].map((name) => document.createElement(name));
    Object.assign(title, { textContent: titles.get(id), lang: "nb" });
    line.append(title);
    return line;
  }));
  const numbers = {
    roll: manifest.roll_count, collected: opened.collected, drawn: opened.drawn || undefined, voters, blank,
    left: left || undefined, undone: box.undone || undefined, points: heads.length,
  };
  all("number", (one, name) => {
    show(one, numbers[name] !== undefined);
    one.lastElementChild.textContent = numbers[name];
  });
  $("head").textContent = heads.at(-1) ?? vid;
  show($("found"), true);
}

async function tell(open) {
  ["away", "unread", "found"].forEach((id) => show($(id), false));
  show($("busy"), true);
  const text = await open().catch(() => {});
  try {
    if (text !== undefined) {
      bundle = JSON.parse(text);
      await look();
      $("found").focus();
    } else show($("away"), true);
  } catch {
    show($("unread"), true);
  }
  show($("busy"), false);
}

const fetched = async (address) => {
  const answer = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer" });
  if (!answer.ok) throw answer;
  return answer.text();
};

// The checkpoints, counted from one, of the ballots whose words begin like the typed ones.
export function find(typed, checkpoints, known) {
  const begin = (all) => all.map((word) => word.slice(0, 4)).join(" ");
  const word = (leaf) => (at) => known[parseInt(leaf.slice(at, at + 3), 16) % 1024];
  const wanted = begin(typed.toLowerCase().split(/[\s,.·–-]+/).filter((one) => one));
  return checkpoints.flatMap(({ leaves }, at) =>
    leaves.some((leaf) => begin([0, 3, 6].map(word(leaf))) === wanted) ? [at + 1] : []);
}

if (root) {
  show(root, true);
  $("start").onclick = () => tell(() => fetched(root.dataset.bundle));
  $("file").onchange = ({ target }) => {
    const [file] = target.files;
    if (file) tell(() => file.text());
    // The same name chosen again is a change too.
    target.value = "";
  };
  // Not with the first view, but early: a page that loses its net can still find a vote.
  const list = new Promise((done) => { setTimeout(done, 1e3); })
    .then(() => fetched(root.dataset.words)).catch(() => "");
  $("mine").onsubmit = async (event) => {
    event.preventDefault();
    const words = await list || await fetched(root.dataset.words).catch(() => "");
    show($("away"), !words);
    const points = words && find($("typed").value, bundle.checkpoints, words.split("\n"));
    show($("there"), points.length);
    show($("nowhere"), words && !points.length);
    if (words) $("there").lastElementChild.textContent = points.join(", ");
  };
  $("keep").onsubmit = async (event) => {
    event.preventDefault();
    await look($("kept").value.trim());
    $("found").focus();
  };
}
