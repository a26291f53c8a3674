import assert from "node:assert/strict";
import { test } from "node:test";
import { populate } from "../../../../src/demo/engine/populate.ts";
import { startSimulatedEngine } from "../../../../src/demo/engine/simulated-engine.ts";
import { eventually } from "../../../support/eventually.ts";

test("the shop's containers that run have printed for half a minute, go on, and stop with the engine", async (t) => {
  const engine = await startSimulatedEngine();
  t.after(() => engine.close());
  populate(engine);
  const { log } = engine.containers.get("shop-web-1");
  const ofHistory = log.next;
  assert.equal(ofHistory, 150);
  const spanNs = log.entry(ofHistory - 1).atNs - log.entry(0).atNs;
  assert.equal(spanNs, 29_800_000_000n);
  await eventually(() => log.next > ofHistory);
  await engine.close();
  const atEnd = log.next;
  const silent = engine.containers.get("shop-worker-2").log;
  assert.equal(silent.next, 0, "a paused container prints nothing");
  const until = performance.now() + 250;
  await eventually(() => performance.now() > until);
  assert.equal(log.next, atEnd);
});

for (const [name, form] of [
  [
    "shop-web-1",
    /^172\.18\.0\.1 - - \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET \/\S* HTTP\/1\.1" \d{3} \d+ "-" "Mozilla/,
  ],
  ["shop-api-1", /^\{"level":"(info|warn|error)","time":"[^"]+","msg":"/],
  ["shop-db-1", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC \[\d+\] (LOG|ERROR): {2}/],
  ["shop-cache-1", /^1:M \d\d \w{3} \d{4} \d\d:\d\d:\d\d\.\d{3} [*#] /],
  ["shop-worker-1", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (INFO|WARNING|ERROR) worker\.tasks: /],
  ["shop-mail-1", /^time=\S+ level=(error|debug) msg=/],
  ["node-agent", /^[IW]\d{4} \d\d:\d\d:\d\d\.\d{6} {7}1 agent\.go:120\] /],
  ["shop-backup-1", /^Files: 1204 new/],
] as const) {
  test(`${name} prints in its program's form`, async (t) => {
    const engine = await startSimulatedEngine();
    t.after(() => engine.close());
    populate(engine);
    assert.match(engine.containers.get(name).log.entry(0).bytes.toString(), form);
  });
}
