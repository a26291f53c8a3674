import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { startOtlpReceiver } from "../../../src/demo/receiver/otlp-receiver.ts";
import { startChild } from "../../support/child.ts";
import { eventually } from "../../support/eventually.ts";
import { seeded } from "../../support/seeded.ts";
import { line } from "../files/support/scene.ts";
import { shippingScene } from "./shipping-scene.ts";

const SHIPPER = join(import.meta.dirname, "ship-folder.ts");
const KILLS = Number(process.env.TALLYMAN_TEST_KILLS ?? 5);
const SEED = Number(process.env.TALLYMAN_TEST_SEED ?? 1);
const CONTAINERS = ["0123456789ab", "fedcba987654", "00ff00ff00ff"];
const LINES = 1_500;
const MAX_RECORDS = 20;

test(`killed ${KILLS} times while it sends, every line arrives, and of each kill at most one request twice (seed ${SEED})`, async (t) => {
  const scene = shippingScene(t);
  const folder = await scene.folder({ compress: true, maxFileBytes: 5_000 });
  for (const [i, digits] of CONTAINERS.entries()) {
    const files = await folder.files({ id: digits.padEnd(64, "c"), name: `web${i}` });
    await files.write(Array.from({ length: LINES }, (_, n) => line(`${i}:${n}`, { at: n })));
  }
  await folder.compressed();
  const receiver = await startOtlpReceiver({ protocols: ["http"], keptRequests: 100_000 });
  t.after(() => receiver.close());
  const options = { dir: scene.dir, endpoint: receiver.httpEndpoint, maxRecords: MAX_RECORDS };
  const command = [process.execPath, SHIPPER, JSON.stringify(options)] as const;
  const bodies = () => receiver.requests.flatMap(({ logs }) => logs.map(({ body }) => String(body)));
  const random = seeded(SEED);
  const wanted = CONTAINERS.length * LINES;
  for (let kill = 0; kill <= KILLS; kill++) {
    const child = startChild({ name: "the sender", command });
    t.after(() => child.end("SIGKILL", 1_000));
    // Not by the clock, which knows nothing of how fast it goes: after so many requests more.
    const target = receiver.attempts + 1 + Math.floor(random() * 30);
    const isDone = () => new Set(bodies()).size === wanted;
    await eventually(() => (kill < KILLS && receiver.attempts >= target) || isDone(), {
      withinMs: 60_000,
      everyMs: 2,
      what: "requests of the sender",
    });
    await child.end("SIGKILL", 1_000);
    assert.deepEqual(child.stderr, []);
  }
  const all = bodies();
  assert.equal(new Set(all).size, wanted);
  assert.ok(all.length - wanted <= KILLS * MAX_RECORDS, `${all.length - wanted} twice, of ${KILLS} kills`);
  t.diagnostic(`${all.length - wanted} of ${wanted} lines came twice`);
});
