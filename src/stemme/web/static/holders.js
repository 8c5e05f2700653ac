// The tally key of a vote: made here, split into sheets for its holders, and forgotten. Only the
// public point goes to the server, in the hidden field of the form that freezes the vote.

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const utf8 = (text) => new TextEncoder().encode(text);
const hex = (data) =>
  Array.from(new Uint8Array(data), (one) => one.toString(16).padStart(2, "0")).join("");
const number = (data) => BigInt(`0x${hex(data)}`);
const mod = (value) => ((value % ORDER) + ORDER) % ORDER;

// ---- the key and its shares (Shamir), as panel/ballots/curve.py splits and joins

async function newKey() {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  const point = hex(await crypto.subtle.exportKey("raw", pair.publicKey));
  const { d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const raw = atob(d.replaceAll("-", "+").replaceAll("_", "/"));
  return { point, secret: number(Uint8Array.from(raw, (one) => one.charCodeAt(0))) };
}

function chance() {
  for (;;) {
    const drawn = number(crypto.getRandomValues(new Uint8Array(32)));
    if (drawn < ORDER) return drawn;
  }
}

export function split(secret, holders, needed) {
  const line = [BigInt(secret)];
  while (line.length < needed) line.push(chance());
  return Array.from({ length: holders }, (_, i) => {
    const at = BigInt(i + 1);
    const value = line.reduceRight((sum, part) => mod(sum * at + part), 0n);
    return { at: i + 1, value: value.toString(16).padStart(64, "0") };
  });
}

function inverse(value) {
  let [result, base] = [1n, mod(value)];
  for (let power = ORDER - 2n; power; power >>= 1n) {
    if (power & 1n) result = mod(result * base);
    base = mod(base * base);
  }
  return result;
}

export function joined(shares) {
  let total = 0n;
  for (const { at, value } of shares) {
    let part = BigInt(`0x${value}`);
    for (const other of shares) {
      if (other.at !== at) part = mod(part * BigInt(other.at) * inverse(BigInt(other.at - at)));
    }
    total = mod(total + part);
  }
  return total;
}

export async function code(vote, { at, value }) {
  const text = `${vote}.${at}.${value}`;
  const sum = await crypto.subtle.digest("SHA-256", utf8(text));
  return `${text}.${hex(sum).slice(0, 8)}`;
}

// ---- a QR code of up to 213 bytes: always version 10, level M, mask 0 (ISO/IEC 18004)

const SIZE = 57;
const BLOCKS = [43, 43, 43, 43, 44];
const CHECKS = 26;
const [POWERS, LOGS] = [new Uint8Array(512), new Uint8Array(256)];
for (let at = 0, value = 1; at < 255; at++) {
  POWERS[at] = POWERS[at + 255] = value;
  LOGS[value] = at;
  value = (value << 1) ^ (value & 128 ? 0x11d : 0);
}
const times = (a, b) => (a && b ? POWERS[LOGS[a] + LOGS[b]] : 0);

function checks(data) {
  let generator = [1];
  for (let at = 0; at < CHECKS; at++) {
    const raised = [...generator, 0];
    generator.forEach((one, i) => {
      raised[i + 1] ^= times(one, POWERS[at]);
    });
    generator = raised;
  }
  const rest = [...data, ...new Array(CHECKS).fill(0)];
  data.forEach((_, at) => {
    const factor = rest[at];
    generator.forEach((one, i) => {
      rest[at + i] ^= times(one, factor);
    });
  });
  return rest.slice(data.length);
}

function codewords(text) {
  const data = utf8(text);
  if (data.length > 213) throw new RangeError("too long for the code");
  const nibbles = `4${data.length.toString(16).padStart(4, "0")}${hex(data)}0`;
  const bytes = nibbles.match(/../g).map((pair) => parseInt(pair, 16));
  for (let at = 0; bytes.length < 216; at++) bytes.push(at % 2 ? 0x11 : 0xec);
  let from = 0;
  const parts = BLOCKS.map((size) => bytes.slice(from, (from += size)));
  const ends = parts.map(checks);
  const mixed = (rows, size) =>
    Array.from({ length: size }, (_, i) => rows.map((row) => row[i])).flat();
  return [...mixed(parts, 44), ...mixed(ends, CHECKS)].filter((one) => one !== undefined);
}

function frame() {
  const cells = Array.from({ length: SIZE }, () => new Array(SIZE));
  const square = (row, column, radius, dark) => {
    for (let y = -radius; y <= radius; y++) {
      for (let x = -radius; x <= radius; x++) {
        if (cells[row + y] && column + x >= 0 && column + x < SIZE) {
          cells[row + y][column + x] = dark(Math.max(Math.abs(x), Math.abs(y)));
        }
      }
    }
  };
  for (let at = 0; at < SIZE; at++) cells[6][at] = cells[at][6] = at % 2 === 0;
  const centres = [[6, 28], [28, 6], [28, 28], [28, 50], [50, 28], [50, 50]];
  for (const [row, column] of centres) square(row, column, 2, (ring) => ring !== 1);
  for (const [row, column] of [[3, 3], [3, SIZE - 4], [SIZE - 4, 3]]) {
    square(row, column, 4, (ring) => ring !== 2 && ring !== 4);
  }
  [..."101010000010010"].reverse().forEach((bit, at) => {
    const row = at < 6 ? at : at < 8 ? at + 1 : SIZE - 15 + at;
    const column = at < 8 ? SIZE - 1 - at : at === 8 ? 7 : 14 - at;
    cells[row][8] = cells[8][column] = bit === "1";
  });
  cells[SIZE - 8][8] = true;
  [..."001010010011010011"].reverse().forEach((bit, at) => {
    const [near, far] = [Math.floor(at / 3), SIZE - 11 + (at % 3)];
    cells[near][far] = cells[far][near] = bit === "1";
  });
  return cells;
}

export function matrix(text) {
  const cells = frame();
  const bits = codewords(text).flatMap((one) => [...one.toString(2).padStart(8, "0")]);
  let [at, up] = [0, true];
  for (let right = SIZE - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < SIZE; step++) {
      const row = up ? SIZE - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (cells[row][column] !== undefined) continue;
        cells[row][column] = (bits[at++] === "1") !== ((row + column) % 2 === 0);
      }
    }
    up = !up;
  }
  return cells;
}

function drawn(text) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", `-4 -4 ${SIZE + 8} ${SIZE + 8}`);
  svg.setAttribute("aria-hidden", "true");
  const dark = matrix(text).flatMap((row, y) =>
    row.map((one, x) => (one ? `M${x} ${y}h1v1h-1z` : "")));
  path.setAttribute("d", dark.join(""));
  svg.append(path);
  return svg;
}

// ---- the page

// In groups of four, which are easier to type; spaces mean nothing.
function grouped(text) {
  const [vote, at, ...rest] = text.split(".");
  const groups = rest.map((part) => part.match(/.{4}/g).join(" "));
  return `${vote}.${at}. ${groups.join(". ")}`;
}

async function make(part) {
  const { vote, key } = part.dataset;
  const [holders, needed] = [Number(part.dataset.holders), Number(part.dataset.needed)];
  const made = await newKey();
  const shares = split(made.secret, holders, needed);
  if (joined(shares.slice(-needed)) !== made.secret) throw new Error("the shares do not join");
  const sheets = part.querySelector("[data-sheets]");
  sheets.replaceChildren();
  for (const share of shares) {
    const text = await code(vote, share);
    const link = new URL(`${key}#${text}`, location.href).href;
    const sheet = part.querySelector("template").content.cloneNode(true);
    sheet.querySelector("[data-at]").textContent = share.at;
    sheet.querySelector("[data-code]").textContent = grouped(text);
    sheet.querySelector("[data-link]").textContent = new URL(key, location.href).href;
    sheet.querySelector("[data-qr]").append(drawn(link));
    sheets.append(sheet);
  }
  part.querySelector("[name=tally_key]").value = made.point;
  part.querySelector("[data-made]").hidden = false;
}

for (const part of document.querySelectorAll("[data-tally-key]")) {
  const form = part.closest("form");
  const again = part.querySelector("[data-make]");
  again.hidden = false;
  again.onclick = () => make(part).catch(() => {
    part.querySelector("[data-failed]").hidden = false;
  });
  part.querySelector("[data-print]").onclick = () => print();
  // What is on paper now is nowhere else.
  const forget = () => part.querySelector("[data-sheets]").replaceChildren();
  form?.addEventListener("submit", () => setTimeout(forget));
  addEventListener("pagehide", forget);
}
