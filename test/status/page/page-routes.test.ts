import assert from "node:assert/strict";
import { test } from "node:test";
import type { DoorRequest } from "../../../src/http/route.ts";
import { createPageFeed } from "../../../src/status/page/page-feed.ts";
import { pageDocument, pageRoutes } from "../../../src/status/page/page-routes.ts";
import { sampleOf, sweepOf } from "./samples.ts";

const T0 = 1_800_000_000_000;

test("the document has no script within it, and its policy lets nothing come from elsewhere", () => {
  const { headers, body } = pageDocument();
  const policy = headers?.["content-security-policy"] ?? "";
  assert.match(policy, /^default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  assert.doesNotMatch(String(body), /<script>|\son\w+=|style="/);
  assert.doesNotMatch(String(body), /https?:\/\//);
});

test("the page's files are made of nothing that asks another host", async () => {
  const [script, style] = await Promise.all([asked("/page/app.js"), asked("/page/style.css")]);
  assert.ok(String(script.body).length > 20_000);
  assert.doesNotMatch(String(script.body), /fetch\("https?:|importScripts|\beval\(|new Function\(/);
  assert.doesNotMatch(String(style.body), /url\(|@import/);
});

test("history is answered for the containers that are asked for, and that have one", async () => {
  const { identity } = sampleOf("web", T0);
  const { body, status } = await asked("/page/history", `id=${identity.containerId}&id=none`);
  assert.equal(status, 200);
  const told = JSON.parse(String(body));
  assert.deepEqual(Object.keys(told), [identity.containerId]);
  assert.deepEqual(told[identity.containerId].times, [T0]);
});

test("events are JSON texts in the form of server-sent events, also of names that try to break out of it", async () => {
  const { headers, body } = await asked("/page/events");
  assert.equal(headers?.["content-type"], "text/event-stream");
  for await (const bytes of body as AsyncIterable<Uint8Array>) {
    const text = Buffer.from(bytes).toString();
    assert.match(text, /^data: [^\n]*\n\n$/);
    const { containers } = JSON.parse(text.slice("data: ".length));
    assert.deepEqual(
      containers.map(({ name }: { name: string }) => name),
      ["web", "</script>\n\ndata: x"],
    );
    break;
  }
});

test("one viewer too many is told so", async () => {
  const feed = aFeed({ maxViewers: 0 });
  const { status } = await asked("/page/events", "", feed);
  assert.equal(status, 503);
});

function asked(path: string, query = "", feed = aFeed()) {
  const request: DoorRequest = { method: "GET", path, query, headers: {}, signal: new AbortController().signal };
  const route = pageRoutes(feed).find((candidate) => candidate.path === path) ?? assert.fail(path);
  return route.answer(request);
}

function aFeed({ maxViewers = 2 } = {}) {
  const feed = createPageFeed(
    {
      version: "1.2.3",
      startedAtMs: T0,
      history: { lengthMs: 3_600_000, maxContainers: 10 },
      livePeriodMs: 5_000,
      idlePeriodMs: 60_000,
      maxViewers,
    },
    { freshen: async () => {}, logsOf: () => undefined, parts: () => [] },
  );
  const memory = { workingSetBytes: 1 };
  feed.add(sweepOf(T0, sampleOf("web", T0, { memory }), sampleOf("</script>\n\ndata: x", T0)));
  return feed;
}
