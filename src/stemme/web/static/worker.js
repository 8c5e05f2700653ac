// Keeps the page of a table on the phone, so that it opens without signal. The door puts two lines before
// this: VERSION, which changes with the files, and FILES, which the page needs.
"use strict";

const shell = (url) => `${new URL(url, location).pathname}?shell=1`;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(FILES)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name !== VERSION));
  event.waitUntil(old.then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => clients.claim()));
});

// The page says where it is; it is kept without anybody's notes.
addEventListener("message", ({ data }) => {
  caches.open(VERSION).then((cache) => cache.add(shell(data))).catch(() => 0);
});

async function keptOrFetched(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(VERSION)).put(request, answer.clone());
  return answer;
}

async function freshOrKept(request) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout?.(5000) });
  } catch (error) {
    const kept = await caches.match(shell(request.url), { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(freshOrKept(request));
  else if (new URL(request.url).pathname.startsWith("/assets/")) event.respondWith(keptOrFetched(request));
});
