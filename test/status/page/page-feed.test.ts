import assert from "node:assert/strict";
import { test } from "node:test";
import { createPageFeed, type PageSource } from "../../../src/status/page/page-feed.ts";
import type { PageMessage } from "../../../src/status/page/page-model.ts";
import { sampleOf, sweepOf } from "./samples.ts";

const T0 = 1_800_000_000_000;

test("a viewer gets everything at first, then what changed and what is gone", async (t) => {
  const { feed, view } = stage(t);
  feed.add(sweepOf(T0, web(1, T0), sampleOf("db", T0), sampleOf("old", T0)));
  const { next } = view();
  const all = await next();
  assert.deepEqual([all.kind, namesOf(all), all.gone], ["all", ["web", "db", "old"], []]);
  feed.add(sweepOf(T0 + 1000, web(2, T0 + 1000), sampleOf("db", T0 + 1000)));
  const change = await next();
  assert.deepEqual([change.kind, namesOf(change)], ["change", ["web"]]);
  assert.deepEqual(change.gone, [sampleOf("old", T0).identity.containerId]);
  assert.equal(change.state.atMs, T0 + 1000);
});

test("one that was slow misses nothing of several sweeps, in one message", async (t) => {
  const { feed, view } = stage(t);
  feed.add(sweepOf(T0, web(1, T0), sampleOf("db", T0)));
  const { next } = view();
  await next();
  feed.add(sweepOf(T0 + 1000, web(2, T0 + 1000), sampleOf("db", T0 + 1000)));
  feed.add(sweepOf(T0 + 2000, web(3, T0 + 2000)));
  const change = await next();
  assert.deepEqual(namesOf(change), ["web"]);
  assert.equal(change.gone.length, 1);
});

test("an engine that can't be read leaves no container on the page, and the history as it was", async (t) => {
  const { feed, view } = stage(t);
  feed.add(sweepOf(T0, web(1, T0)));
  const { next } = view();
  await next();
  feed.add({ atMs: T0 + 20_000, containers: [], engineFailed: true });
  const change = await next();
  assert.equal(change.gone.length, 1);
  assert.deepEqual(feed.history.of(change.gone[0] as string)?.times, [T0]);
});

test("viewers past the bound are sent away, and one who leaves makes room", async (t) => {
  const { feed, view } = stage(t);
  feed.add(sweepOf(T0));
  const first = view();
  const second = view();
  await Promise.all([first.next(), second.next()]);
  assert.equal(feed.watch(new AbortController().signal), undefined);
  await first.leave();
  assert.notEqual(feed.watch(new AbortController().signal), undefined);
});

test("a sweep is asked for as soon as somebody looks, and not before its time while nobody does", async (t) => {
  const { feed, view, asked } = stage(t);
  const running = new AbortController();
  const run = feed.run(running.signal);
  await new Promise(setImmediate);
  assert.deepEqual(asked, []);
  await view().next();
  await new Promise(setImmediate);
  assert.deepEqual(asked, [LIVE_MS]);
  running.abort();
  await run;
});

const LIVE_MS = 5_000;
const IDLE_MS = 60_000;

function stage(t: { after(end: () => unknown): void }) {
  const asked: number[] = [];
  const source: PageSource = {
    freshen: async ({ maxAgeMs }) => void asked.push(maxAgeMs),
    logsOf: () => undefined,
    parts: () => [{ name: "engine", state: "ok", text: "there" }],
  };
  const periods = { livePeriodMs: LIVE_MS, idlePeriodMs: IDLE_MS };
  const history = { lengthMs: 3_600_000, maxContainers: 10 };
  const feed = createPageFeed({ version: "1.2.3", startedAtMs: T0, history, ...periods, maxViewers: 2 }, source);
  function view() {
    const gone = new AbortController();
    const messages = (feed.watch(gone.signal) ?? assert.fail("no room"))[Symbol.asyncIterator]();
    const leave = async () => {
      gone.abort();
      await messages.return?.();
    };
    t.after(leave);
    return { leave, next: async (): Promise<PageMessage> => (await messages.next()).value };
  }
  return { feed, view, asked };
}

function web(cpuSeconds: number, atMs: number) {
  return sampleOf("web", atMs, { cpu: { usageSeconds: cpuSeconds }, memory: { workingSetBytes: cpuSeconds * 1000 } });
}

function namesOf({ containers }: PageMessage): string[] {
  return containers.map(({ name }) => name);
}
