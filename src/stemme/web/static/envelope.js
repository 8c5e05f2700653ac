// Seals words to the public key of the door: this device cannot open them again. See web/envelope.py.
"use strict";

const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

function textOf(bytes) {
  let signs = "";
  for (const one of bytes) signs += String.fromCharCode(one);
  return btoa(signs).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

globalThis.sealEnvelope = async (publicKey, purpose, words) => {
  const { subtle } = crypto;
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const door = bytesOf(publicKey);
  const pair = await subtle.generateKey(curve, false, ["deriveBits"]);
  const point = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const other = await subtle.importKey("raw", door, curve, false, []);
  const shared = await subtle.deriveBits({ name: "ECDH", public: other }, pair.privateKey, 256);
  const base = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const encoder = new TextEncoder();
  const kdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array([...point, ...door]), info: encoder.encode("stemme envelope 1") };
  const key = await subtle.deriveKey(kdf, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bound = new Uint8Array([1, ...encoder.encode(purpose)]);
  const sealed = await subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound }, key, encoder.encode(words));
  return textOf(new Uint8Array([1, ...point, ...iv, ...new Uint8Array(sealed)]));
};
