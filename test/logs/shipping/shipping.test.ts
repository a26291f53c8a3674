import assert from "node:assert/strict";
import { appendFileSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isIndented } from "../../../src/logs/shipping/join-lines.ts";
import { eventually } from "../../support/eventually.ts";
import { ID, line, numbered, OTHER_ID, timeOf } from "../files/support/scene.ts";
import { shippingScene, source } from "./shipping-scene.ts";

/** The writer looks after its file every second or MiB: a line this long makes it look. */
const LONG = line("x".repeat(1_100_000), { at: 50 });
const STEM = `web-${ID.slice(0, 12)}`;

for (const format of ["cri", "json", "raw"] as const) {
  test(`${format}: what is written is sent, in its order, as it goes on`, async (t) => {
    const scene = shippingScene(t);
    const folder = await scene.folder({ format });
    const files = await folder.files({ id: ID, name: "web" });
    const shipper = scene.shipper();
    const written = shipper.listen(source());
    for (let i = 0; i < 300; i += 30) {
      const lines = numbered(i, i + 30);
      await files.write(lines);
      written(lines);
    }
    await scene.received(300);
    assert.deepEqual(scene.receiver.texts(), textsOf(numbered(0, 300)));
  });
}

test("a record has the line's time, stream and level, and its container's attributes", async (t) => {
  const scene = shippingScene(t);
  const files = await (await scene.folder()).files({ id: ID, name: "web" });
  const shipper = scene.shipper();
  const heard = shipper.listen(source());
  await files.write([line("ERROR it broke", { at: 7, stream: "stderr" })]);
  heard([]);
  await scene.received(1);
  const [record] = scene.receiver.records;
  assert.equal(record?.time, timeOf(7));
  assert.deepEqual(record?.severity, { number: 17, text: "error" });
  assert.deepEqual(record?.attributes, { "log.iostream": "stderr" });
  assert.deepEqual(scene.receiver.batches[0]?.[0]?.attributes, {
    "container.id": ID,
    "container.name": "web",
    "container.image.name": "registry:5000/shop/web",
    "container.image.tags": ["1.2"],
    "container.runtime": "docker",
    "container.label.com.example.team": "shop",
  });
});

test("of raw files neither the time nor the stream is told", async (t) => {
  const scene = shippingScene(t);
  const files = await (await scene.folder({ format: "raw" })).files({ id: ID, name: "web" });
  await files.write([line("INFO up")]);
  scene.shipper();
  await scene.received(1);
  assert.deepEqual([scene.receiver.records[0]?.time, scene.receiver.records[0]?.attributes], ["", {}]);
});

test("the parts of a long line are records of the first part's level, marked until the last", async (t) => {
  const scene = shippingScene(t);
  const files = await (await scene.folder()).files({ id: ID, name: "web" });
  await files.write([
    line("ERROR one", { isPart: true }),
    line(" two", { isPart: true }),
    line(" three"),
    line("four"),
  ]);
  scene.shipper({ minLevel: "error" });
  await scene.received(3);
  assert.deepEqual(scene.receiver.texts(), ["ERROR one", " two", " three"]);
  const marks = scene.receiver.records.map(({ attributes }) => attributes["tallyman.line.continues"]);
  assert.deepEqual(marks, [true, true, undefined]);
});

test("lines below the least level stay in the files, and are passed over for good", async (t) => {
  const scene = shippingScene(t);
  const files = await (await scene.folder()).files({ id: ID, name: "web" });
  await files.write([line("INFO fine"), line("WARN hm"), line("DEBUG x"), line("ERROR no")]);
  const first = scene.shipper({ minLevel: "warning" });
  await scene.received(2);
  await first.stop();
  scene.shipper({ minLevel: "warning" });
  await files.write([line("ERROR again", { at: 2 })]);
  await scene.received(2);
  assert.deepEqual(scene.receiver.texts().slice(0, 2), ["WARN hm", "ERROR no"]);
});

test("lines of several containers share a request, each with its own attributes", async (t) => {
  const scene = shippingScene(t);
  const folder = await scene.folder();
  const web = await folder.files({ id: ID, name: "web" });
  const db = await folder.files({ id: OTHER_ID, name: "db" });
  await web.write(numbered(0, 5));
  await db.write(numbered(5, 10));
  scene.shipper();
  await scene.received(10);
  assert.deepEqual(
    scene.receiver.batches[0]?.map(({ attributes, records }) => [attributes["container.name"], records.length]),
    [
      ["db", 5],
      ["web", 5],
    ],
  );
});

test("a receiver that is away delays records, over rotations and a restart, and costs none", async (t) => {
  const scene = shippingScene(t);
  const folder = await scene.folder({ compress: true });
  const files = await folder.files({ id: ID, name: "web" });
  scene.receiver.answer = () => "held";
  const first = scene.shipper();
  const heard = first.listen(source());
  for (let i = 0; i < 500; i += 50) {
    await files.write(numbered(i, i + 50));
    heard([]);
  }
  await folder.compressed();
  await first.stop();
  scene.shipper();
  scene.receiver.answer = () => "settled";
  await scene.received(500);
  assert.deepEqual(new Set(scene.receiver.texts()).size, 500);
  assert.equal(scene.telemetry.count("tallyman_log_records_dropped_total"), 0);
});

test("what was accepted is not sent again after a clean stop", async (t) => {
  const scene = shippingScene(t);
  const folder = await scene.folder();
  const files = await folder.files({ id: ID, name: "web" });
  await files.write(numbered(0, 50));
  const first = scene.shipper({ saveEveryMs: 3_600_000 });
  await scene.received(50);
  await first.stop();
  const second = scene.shipper();
  const heard = second.listen(source());
  await files.write(numbered(50, 60));
  heard([]);
  await scene.received(60);
  assert.equal(scene.receiver.records.length, 60);
  const saved = () => JSON.parse(readFileSync(join(scene.dir, "web", `${STEM}.shipped`), "utf8"));
  await eventually(() => saved().attributes["container.image.name"] === "registry:5000/shop/web");
});

test("records that rotation removes while the receiver is away are counted to the record, and said once", async (t) => {
  const scene = shippingScene(t);
  const folder = await scene.folder({ maxFiles: 3 });
  const files = await folder.files({ id: ID, name: "web" });
  const shipper = scene.shipper();
  const heard = shipper.listen(source());
  await files.write(numbered(0, 5));
  heard([]);
  await scene.received(5);
  scene.receiver.answer = () => "held";
  for (let i = 5; i < 500; i += 5) {
    await files.write(numbered(i, i + 5));
    heard([]);
  }
  scene.receiver.answer = () => "settled";
  await eventually(() => scene.receiver.texts().at(-1) === "line 499");
  const dropped = scene.telemetry.count("tallyman_log_records_dropped_total", { reason: "removed" });
  assert.ok(dropped > 300, `${dropped}`);
  assert.equal(new Set(scene.receiver.texts()).size + dropped, 500);
  assert.equal(scene.telemetry.said().filter((said) => said.includes("removed before")).length, 1);
});

test("the files of a removed container are sent before they expire, and its mark goes with them", async (t) => {
  const scene = shippingScene(t);
  const folder = await scene.folder({ keepRemovedMs: 0 });
  const files = await folder.files({ id: ID, name: "web" });
  await files.write(numbered(0, 5));
  const shipper = scene.shipper();
  await scene.received(5);
  await shipper.stop();
  await files.removed();
  await folder.removeExpired();
  assert.throws(() => readFileSync(join(scene.dir, "web", `${STEM}.shipped`)), { code: "ENOENT" });
  assert.equal(scene.telemetry.count("tallyman_log_records_dropped_total"), 0);
});

test("a batch that one container's records keep from being taken does not keep the others waiting", async (t) => {
  const scene = shippingScene(t);
  const folder = await scene.folder();
  const web = await folder.files({ id: ID, name: "web" });
  const db = await folder.files({ id: OTHER_ID, name: "db" });
  await web.write(numbered(0, 5));
  await db.write(numbered(5, 10));
  scene.receiver.answer = (batch) =>
    batch.some(({ attributes }) => attributes["container.name"] === "db") ? "held" : "settled";
  scene.shipper();
  await scene.received(5);
  assert.deepEqual(scene.receiver.texts(), textsOf(numbered(0, 5)));
});

test("a stack trace is one record, of the level of its first line", async (t) => {
  const scene = shippingScene(t);
  const files = await (await scene.folder({ maxFileBytes: 100_000 })).files({ id: ID, name: "web" });
  const stack = ["ERROR it broke", "\tat a.b(C.java:1)", "Caused by: x", "  ... 3 more"];
  await files.write([...stack, "INFO on", "INFO and on"].map((text) => line(text)));
  scene.shipper({ join: { continues: isIndented, maxLines: 50, maxMs: 30 } });
  await scene.received(3);
  assert.deepEqual(scene.receiver.texts(), [stack.join("\n"), "INFO on", "INFO and on"]);
  assert.equal(scene.receiver.records[0]?.severity?.text, "error");
});

test("a record that still waits for lines when the agent ends is sent by the next", async (t) => {
  const scene = shippingScene(t);
  const files = await (await scene.folder()).files({ id: ID, name: "web" });
  await files.write([line("first"), line("second"), line("  of second")]);
  const first = scene.shipper({ join: { continues: isIndented, maxLines: 50, maxMs: 3_600_000 } });
  await scene.received(1);
  await first.stop();
  scene.shipper({ join: { continues: isIndented, maxLines: 50, maxMs: 30 } });
  await scene.received(2);
  assert.deepEqual(scene.receiver.texts(), ["first", "second\n  of second"]);
});

test("a file that others emptied is read from its beginning", async (t) => {
  const scene = shippingScene(t);
  const files = await (await scene.folder({ maxFileBytes: 100_000 })).files({ id: ID, name: "web" });
  await files.write(numbered(0, 20));
  const shipper = scene.shipper();
  await scene.received(20);
  await files.close();
  truncateSync(join(scene.dir, "web", `${STEM}.log`), 0);
  appendFileSync(join(scene.dir, "web", `${STEM}.log`), `${timeOf(99)} stdout F new\n`);
  shipper.listen(source())([]);
  await scene.received(21);
  assert.equal(scene.receiver.texts().at(-1), "new");
});

for (const gone of ["the whole folder", "the container's folder"] as const) {
  test(`${gone} is removed while it is written: what is written anew is sent, as before`, async (t) => {
    const scene = shippingScene(t);
    const folder = await scene.folder({ maxFileBytes: 10_000_000, holdEveryMs: 1 });
    const files = await folder.files({ id: ID, name: "web" });
    const shipper = scene.shipper({ saveEveryMs: 3_600_000 });
    const heard = shipper.listen(source());
    const write = async (lines: ReturnType<typeof numbered>) => {
      await files.write(lines);
      heard(lines);
    };
    await write([...numbered(0, 20), LONG]);
    // What it wrote after its last look is in the new file again.
    await write([LONG]);
    await scene.received(22);
    rmSync(gone === "the whole folder" ? scene.dir : join(scene.dir, "web"), { recursive: true });
    await write(numbered(20, 70));
    await eventually(() => scene.receiver.texts().at(-1) === "line 69", { withinMs: 60_000 });
    await write(numbered(70, 75));
    await eventually(() => scene.receiver.texts().at(-1) === "line 74", { withinMs: 60_000 });
    await shipper.stop();
    const texts = scene.receiver.texts().filter((text) => text.startsWith("line"));
    assert.deepEqual(texts, textsOf(numbered(0, 75)));
    for (const [{ attributes } = {}] of scene.receiver.batches)
      assert.equal(attributes?.["container.image.name"], "registry:5000/shop/web");
    assert.equal(scene.telemetry.count("tallyman_log_records_dropped_total"), 0);
  });
}

test("a container whose files were removed and missed is whose it was, once there are new ones", async (t) => {
  const scene = shippingScene(t);
  const folder = await scene.folder({ maxFileBytes: 10_000_000 });
  const web = await folder.files({ id: ID, name: "web" });
  const shipper = scene.shipper();
  const heard = shipper.listen(source());
  await web.write([LONG]);
  heard([]);
  await scene.received(1);
  rmSync(join(scene.dir, "web"), { recursive: true });
  const db = await folder.files({ id: OTHER_ID, name: "db" });
  await db.write(numbered(0, 1));
  shipper.listen(source({ id: OTHER_ID, name: "db" }))([]);
  await scene.received(2);
  await web.write(numbered(1, 2));
  heard([]);
  await eventually(() => scene.receiver.texts().at(-1) === "line 1", { withinMs: 60_000 });
  assert.equal(scene.receiver.batches.at(-1)?.[0]?.attributes["container.image.name"], "registry:5000/shop/web");
});

function textsOf(lines: ReturnType<typeof numbered>): string[] {
  return lines.map(({ bytes }) => String(bytes));
}
