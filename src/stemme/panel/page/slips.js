// What the phone keeps of a vote, one record each, and how it asks the roll and everybody else.

import { sha256 } from "./ballot.js";

export const $ = (id) => document.getElementById(id);
export const { lang, dataset: { box, site } } = document.documentElement;
export const api = `${site}/api/v1/votes/`;

// Where storage is refused, it stays in this tab alone.
const memory = {};
export const storage = new Promise((done, fail) => {
  const asked = indexedDB.open("stemme");
  asked.onupgradeneeded = () => asked.result.createObjectStore("slips");
  asked.onsuccess = () => done(asked.result);
  asked.onerror = fail;
}).catch(() => {});

async function store(act, ...what) {
  const all = (await storage)?.transaction("slips", "readwrite");
  return all && new Promise((done, fail) => {
    const asked = all.objectStore("slips")[act](...what);
    all.oncomplete = () => done(asked.result);
    all.onabort = fail;
  });
}

export const load = async ({ own }) => (await store("get", own)) ?? memory[own] ?? { q: 0 };
export const keep = ({ own }, mine) => store("put", memory[own] = mine, own);

// Two tabs would ask for two slips.
export const alone = ({ own }, act) => navigator.locks?.request(own, act) ?? act();

const reach = (address, rest) =>
  fetch(address, { signal: AbortSignal.timeout?.(2e4), referrerPolicy: "no-referrer", ...rest });

export const outside = (address, rest) => reach(address, { credentials: "omit", ...rest });

let csrf;
export async function call(path, rest) {
  const answer = await reach(`/panel/api/${path}`, { headers: { "x-csrf-token": csrf }, ...rest });
  if (answer.status === 401) location = "sign-in";
  if (answer.status > 499) throw answer;
  return answer;
}

// Who is signed in, and the votes; `own` is where this person's slip is kept on this phone.
export async function who() {
  const me = await (await call("me")).json();
  csrf = me.csrf;
  for (const vote of me.votes) vote.own = me.id + vote.vid;
  return me;
}

// The manifest, if the box and the public have the same; else somebody is being singled out.
export async function published({ id, vid }) {
  const check = async (answer) => {
    if (vid !== await sha256(await answer.clone().arrayBuffer())) throw "wrong";
    return answer.json();
  };
  for (const copy of [`${box}/votes/${vid}/manifest`, `${api + id}/manifest.json`]) {
    await outside(copy).then((answer) => answer.ok && check(answer), () => {});
  }
  return check(await call(`votes/${id}/manifest`));
}
