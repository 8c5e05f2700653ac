// The voter's side of a secret ballot: a slip that is signed unseen, and a choice that is sealed.
// RFC 9474 (RSABSSA-SHA384-PSS-Randomized, 2048 bits), P-256, HKDF and AES-GCM, by the browser's
// own crypto. The same, in Python and with the reasons: panel/ballots. What is signed or hashed is
// JSON with sorted keys and no spaces: objects here are written with their keys in that order.

export const { subtle } = crypto;
export const utf8 = (text) => new TextEncoder().encode(text);
export const random = (size) => crypto.getRandomValues(new Uint8Array(size));
export const hex = (data) =>
  Array.from(new Uint8Array(data), (one) => one.toString(16).padStart(2, 0)).join("");
export const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
export const number = (data) => BigInt("0x" + hex(data));
const wide = (value, size = SIZE) => value.toString(16).padStart(2 * size, 0);
const bytes = (value, size) => unhex(wide(value, size));
const join = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));
const digest = async (name, data) => new Uint8Array(await subtle.digest(name, data));
const sha384 = (data) => digest("SHA-384", data);
export const sha256 = async (data) => hex(await digest("SHA-256", data));

const ECDH = { name: "ECDH", namedCurve: "P-256" };
const ECDSA = { ...ECDH, name: "ECDSA", hash: "SHA-256" };
const AES = { name: "AES-GCM", length: 256 };
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const SIZE = 256;

function power(base, exponent, modulus) {
  let result = 1n;
  for (; exponent; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}

function inverse(value, modulus) {
  let [a, b, x, y] = [value, modulus, 1n, 0n];
  while (b) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}

// EMSA-PSS with SHA-384 and 48 bytes of salt (RFC 8017, 9.1.1).
async function encode(message, salt) {
  const mark = await sha384(join(bytes(0n, 8), await sha384(message), salt));
  const data = join(bytes(1n, SIZE - 97), salt);
  for (let at = 0; at < data.length; at += 48) {
    const mask = await sha384(join(mark, bytes(at / 48, 4)));
    data.set(mask.map((one, i) => one ^ data[at + i]).slice(0, data.length - at), at);
  }
  data[0] &= 127;
  return number(join(data, mark, [0xbc]));
}

// A new slip, blinded: `blinded` goes to the roll, the rest stays here.
export async function ask(manifest, vid) {
  const n = BigInt(manifest.slip_key);
  const pair = await subtle.generateKey(ECDSA, true, ["sign"]);
  const point = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const message = join(random(32), unhex(vid), point);
  const factor = number(random(SIZE)) % n;
  const encoded = await encode(message, random(48));
  return {
    blinded: wide((encoded * power(factor, 65537n, n)) % n),
    unblind: wide(inverse(factor, n)),
    message: hex(message),
    key: await subtle.exportKey("jwk", pair.privateKey),
  };
}

// The slip from what the roll signed; throws "wrong" if the roll signed something else.
export async function receive(manifest, asked, signed) {
  const n = BigInt(manifest.slip_key);
  const { key, message, unblind } = asked;
  const signature = wide((BigInt("0x" + signed) * BigInt("0x" + unblind)) % n);
  // An RSA key of 2048 bits with the exponent 65537, as DER has it.
  const der = "30820122300d06092a864886f70d01010105000382010f003082010a0282010100";
  const rsa = { name: "RSA-PSS", hash: "SHA-384", saltLength: 48 };
  const roll = await subtle.importKey(
    "spki", unhex(der + wide(n) + "0203010001"), rsa, false, ["verify"],
  );
  if (!(await subtle.verify(rsa, roll, unhex(signature), unhex(message)))) throw "wrong";
  return { key, message, signature };
}

// `plain` for the owner of `point` alone, tied to this vote.
async function seal(point, plain, vid) {
  const mine = await subtle.generateKey(ECDH, true, ["deriveBits"]);
  const theirs = await subtle.importKey("raw", unhex(point), ECDH, false, []);
  const agreed = await subtle.deriveBits({ ...ECDH, public: theirs }, mine.privateKey, 256);
  const secret = await subtle.importKey("raw", agreed, "HKDF", false, ["deriveKey"]);
  const info = join(utf8("stemme ballot 1"), vid);
  const key = await subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: bytes(0n, 1), info },
    secret, AES, false, ["encrypt"],
  );
  const sealed = await subtle.encrypt({ ...AES, iv: bytes(0n, 12), additionalData: vid }, key, plain);
  return hex(await subtle.exportKey("raw", mine.publicKey)) + hex(sealed);
}

// A ballot for the box. The one with the highest sequence number counts.
export async function cast(manifest, vid, slip, choice, sequence) {
  const id = unhex(vid);
  const text = utf8(JSON.stringify(choice));
  const padded = join(text, new Uint8Array(-text.length & 255).fill(32));
  const x = await seal(manifest.tally_key, padded, id);
  const body = JSON.stringify({ m: slip.message, q: sequence, t: slip.signature, x });
  const key = await subtle.importKey("jwk", slip.key, ECDSA, false, ["sign"]);
  const signed = await subtle.sign(ECDSA, key, join(id, utf8(body)));
  const s = number(signed.slice(32));
  // The lower of two that are valid, so that a ballot has one hash.
  const low = s > ORDER / 2n ? ORDER - s : s;
  return { body, s: hex(signed.slice(0, 32)) + wide(low, 32) };
}

// Sequence numbers are published. They begin and rise by chance, so that none of them tells that a
// slip was moved to another phone, which the roll knows of whose slip it was.
export const first = () => Number(number(random(4)) >> 2n);
export const leap = () => 1 + Number(number(random(2)));

export const leaf = (ballot) => sha256(utf8(JSON.stringify(ballot)));

// Whether the box signed that it will count this ballot.
export async function promised(manifest, vid, { by, leaf, signature }) {
  const key = await subtle.importKey("raw", unhex(manifest.box_key), ECDSA, false, ["verify"]);
  const said = join(utf8("promise"), unhex(vid), utf8(JSON.stringify({ by, leaf })));
  return subtle.verify(ECDSA, key, unhex(signature), said);
}
