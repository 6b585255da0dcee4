// Keeps every file of the page, so that it opens and tags without a network.
// The export writes VERSION and FILES in front of this.

const NAME = `earmark ${VERSION}`;

addEventListener("install", (event) => {
  const keep = async () => (await caches.open(NAME)).addAll(FILES.map((file) => new Request(file, { cache: "reload" })));
  event.waitUntil(keep().then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const drop = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("earmark ") && name !== NAME);
    await Promise.all(old.map((name) => caches.delete(name)));
  };
  event.waitUntil(drop().then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const answer = async () => (await (await caches.open(NAME)).match(event.request, { ignoreSearch: true }))
    || fetch(event.request);
  if (event.request.method === "GET") event.respondWith(answer());
});
