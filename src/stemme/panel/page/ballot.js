// The voter's side of a secret ballot: a slip that is signed unseen, and a choice that is sealed.
// RFC 9474 (RSABSSA-SHA384-PSS-Randomized), P-256, HKDF and AES-GCM, by the browser's own crypto.
// The same, in Python and with the reasons: panel/ballots.

const subtle = crypto.subtle;
const utf8 = (text) => new TextEncoder().encode(text);
const random = (size) => crypto.getRandomValues(new Uint8Array(size));
const P256 = { name: "ECDSA", namedCurve: "P-256" };
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

export const hex = (bytes) =>
  Array.from(new Uint8Array(bytes), (one) => one.toString(16).padStart(2, "0")).join("");
export const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const number = (bytes) => BigInt("0x" + (hex(bytes) || "0"));
const bytes = (value, size) => unhex(value.toString(16).padStart(2 * size, "0"));

function join(...parts) {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function power(base, exponent, modulus) {
  let result = 1n;
  for (base %= modulus; exponent; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}

function inverse(value, modulus) {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) {
    const times = b / a;
    [a, b, x, y] = [b % a, a, y - times * x, x];
  }
  if (a !== 1n) throw new Error("no inverse");
  return ((x % modulus) + modulus) % modulus;
}

const sha384 = async (data) => new Uint8Array(await subtle.digest("SHA-384", data));
export const sha256 = async (data) => hex(await subtle.digest("SHA-256", data));

// EMSA-PSS with SHA-384 and 48 bytes of salt (RFC 8017, 9.1.1).
async function encode(message, bits, salt) {
  const length = Math.ceil(bits / 8);
  const digest = await sha384(join(new Uint8Array(8), await sha384(message), salt));
  const data = join(new Uint8Array(length - salt.length - 50), [1], salt);
  for (let at = 0; at < data.length; at += 48) {
    const mask = await sha384(join(digest, bytes(BigInt(at / 48), 4)));
    for (let i = at; i < Math.min(at + 48, data.length); i++) data[i] ^= mask[i - at];
  }
  data[0] &= 0xff >> (8 * length - bits);
  return join(data, digest, [0xbc]);
}

// JSON with sorted keys and no spaces: the same bytes as the box and the recount write.
export function canonical(plain) {
  if (Array.isArray(plain)) return `[${plain.map(canonical).join(",")}]`;
  if (plain === null || typeof plain !== "object") return JSON.stringify(plain);
  const keys = Object.keys(plain).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(plain[key])}`).join(",")}}`;
}

function slipKey(manifest) {
  const n = BigInt(manifest.slip_key);
  const bits = n.toString(2).length;
  return { n, bits, size: Math.ceil(bits / 8) };
}

// A new slip, blinded: `blinded` goes to the roll, the rest stays here.
export async function ask(manifest, vid, salt = random(48)) {
  const { n, bits, size } = slipKey(manifest);
  const pair = await subtle.generateKey(P256, true, ["sign"]);
  const point = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const message = join(random(32), unhex(vid), point);
  const encoded = number(await encode(message, bits - 1, salt));
  let factor, unblind;
  do {
    factor = number(random(size)) % n;
    try {
      unblind = inverse(factor, n);
    } catch {
      factor = 0n;
    }
  } while (!factor);
  return {
    blinded: hex(bytes((encoded * power(factor, 65537n, n)) % n, size)),
    unblind: unblind.toString(16),
    message: hex(message),
    key: await subtle.exportKey("jwk", pair.privateKey),
  };
}

// The slip from what the roll signed; throws if the roll signed something else.
export async function receive(manifest, asked, signed) {
  const { n, size } = slipKey(manifest);
  const signature = bytes((BigInt("0x" + signed) * BigInt("0x" + asked.unblind)) % n, size);
  const jwk = { kty: "RSA", e: "AQAB", n: base64url(bytes(n, size)) };
  const algorithm = { name: "RSA-PSS", hash: "SHA-384" };
  const key = await subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
  const how = { name: "RSA-PSS", saltLength: 48 };
  if (!(await subtle.verify(how, key, signature, unhex(asked.message)))) throw new Error("slip");
  return { key: asked.key, message: asked.message, signature: hex(signature) };
}

const base64url = (data) =>
  btoa(String.fromCharCode(...data)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

// `plain` for the owner of `point` alone, tied to this vote.
async function seal(point, plain, vid) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const mine = await subtle.generateKey(curve, true, ["deriveBits"]);
  const theirs = await subtle.importKey("raw", unhex(point), curve, false, []);
  const agreed = await subtle.deriveBits({ name: "ECDH", public: theirs }, mine.privateKey, 256);
  const info = join(utf8("stemme ballot 1"), vid);
  const secret = await subtle.importKey("raw", agreed, "HKDF", false, ["deriveKey"]);
  const key = await subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info },
    secret, { name: "AES-GCM", length: 256 }, false, ["encrypt"],
  );
  const how = { name: "AES-GCM", iv: new Uint8Array(12), additionalData: vid };
  const sealed = new Uint8Array(await subtle.encrypt(how, key, plain));
  return hex(join(new Uint8Array(await subtle.exportKey("raw", mine.publicKey)), sealed));
}

// A ballot for the box. The one with the highest sequence number counts.
export async function cast(manifest, vid, slip, choice, sequence) {
  const id = unhex(vid);
  const text = utf8(canonical(choice));
  const plain = new Uint8Array(256 * Math.ceil(text.length / 256)).fill(32);
  plain.set(text);
  const x = await seal(manifest.tally_key, plain, id);
  const body = canonical({ m: slip.message, q: sequence, t: slip.signature, x });
  const key = await subtle.importKey("jwk", slip.key, P256, false, ["sign"]);
  const how = { name: "ECDSA", hash: "SHA-256" };
  const signed = new Uint8Array(await subtle.sign(how, key, join(id, utf8(body))));
  const s = number(signed.slice(32));
  const low = s > ORDER / 2n ? ORDER - s : s;
  return { body, s: hex(join(signed.slice(0, 32), bytes(low, 32))) };
}

export const leaf = (ballot) => sha256(utf8(canonical(ballot)));

// Whether the box signed that it will count this ballot.
export async function promised(manifest, vid, promise) {
  const key = await subtle.importKey("raw", unhex(manifest.box_key), P256, false, ["verify"]);
  const text = utf8(canonical({ by: promise.by, leaf: promise.leaf }));
  const how = { name: "ECDSA", hash: "SHA-256" };
  const said = join(utf8("promise"), unhex(vid), text);
  return subtle.verify(how, key, unhex(promise.signature), said);
}
