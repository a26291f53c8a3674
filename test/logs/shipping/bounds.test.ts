import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { nanoTimeFromMs } from "../../../src/kit/nano-time.ts";
import { containerNames } from "../../../src/logs/files/file-names.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { isIndented } from "../../../src/logs/shipping/join-lines.ts";
import type { ContainerBatch } from "../../../src/logs/shipping/shipped-record.ts";
import { eventually } from "../../support/eventually.ts";
import { ID, line, timeOf } from "../files/support/scene.ts";
import { shippingScene, source } from "./shipping-scene.ts";

const MAX_RECORDS = 100;

test("with a thousand containers and a receiver that is away, what is held is one request, whoever's lines it has", async (t) => {
  const scene = shippingScene(t);
  for (let i = 0; i < 1_000; i++) {
    const { folder, current } = containerNames(scene.dir, `web${i}`, idOf(i));
    mkdirSync(folder);
    writeFileSync(current, `${timeOf(i)} stdout F ${i}\n`);
  }
  const asked = new Set<unknown>();
  let tries = 0;
  let openFiles = 0;
  scene.receiver.answer = (batch) => {
    tries++;
    assert.ok(recordsIn(batch) <= MAX_RECORDS, `${recordsIn(batch)} records`);
    for (const { attributes } of batch) asked.add(attributes["container.name"]);
    openFiles = Math.max(openFiles, openIn(scene.dir));
    return "held";
  };
  scene.shipper({ maxRecords: MAX_RECORDS, saveEveryMs: 3_600_000 });
  // At first as many together as a request has room for, then each alone: nobody is left out.
  await eventually(() => asked.size >= 150 && tries >= 60, { withinMs: 60_000 });
  assert.equal(openFiles, 0);
  scene.receiver.answer = () => "settled";
  await eventually(() => scene.receiver.records.length >= 1_000, { withinMs: 60_000 });
  assert.equal(new Set(scene.receiver.texts()).size, 1_000);
  assert.equal(scene.telemetry.count("tallyman_log_records_dropped_total"), 0);
});

test("of many containers that are behind in compressed files a few are open at once, and all are sent", async (t) => {
  const scene = shippingScene(t);
  const folder = await scene.folder({ compress: true, maxFileBytes: 20_000 });
  const count = 24;
  for (let i = 0; i < count; i++) {
    const files = await folder.files({ id: idOf(i), name: `web${i}` });
    await files.write(Array.from({ length: 800 }, (_, n) => line(`${i}:${n}`)));
    await files.close();
  }
  await folder.compressed();
  let openFiles = 0;
  scene.receiver.answer = () => {
    openFiles = Math.max(openFiles, openIn(scene.dir));
    return "settled";
  };
  scene.shipper({ maxRecords: 50, saveEveryMs: 3_600_000 });
  await eventually(() => scene.receiver.records.length >= count * 800, { withinMs: 60_000 });
  assert.equal(new Set(scene.receiver.texts()).size, count * 800);
  assert.equal(scene.receiver.records.length, count * 800);
  assert.ok(openFiles > 0 && openFiles <= 16, `${openFiles} open`);
});

test("what all containers' lines that wait to be joined take has a bound, past which the oldest go as they are", async (t) => {
  const scene = shippingScene(t);
  const folder = await scene.folder({ maxFileBytes: 100_000 });
  for (let i = 0; i < 50; i++) {
    const files = await folder.files({ id: idOf(i), name: `web${i + 10}` });
    await files.write([line(`${i}`.padStart(1_000, "."))]);
  }
  const join = { continues: isIndented, maxLines: 50, maxMs: 3_600_000 };
  const shipper = scene.shipper({ join, maxHeldBytes: 10_000 });
  await scene.received(40);
  const last = () => Number(scene.receiver.texts().at(-1)?.replaceAll(".", ""));
  assert.equal(last(), 39);
  const late = await folder.files({ id: ID, name: "late" });
  await late.write([line("x".repeat(1_000))]);
  shipper.listen(source({ name: "late" }))([]);
  await scene.received(41);
  assert.equal(last(), 40);
  await shipper.stop();
  assert.equal(scene.receiver.records.length, 41);
});

test("how long the oldest line waits and how much lies in the files is told while the receiver is away, and ends with it", async (t) => {
  const scene = shippingScene(t);
  const files = await (await scene.folder({ maxFileBytes: 1_000_000 })).files({ id: ID, name: "web" });
  const shipper = scene.shipper({ measureEveryMs: 1 });
  const heard = shipper.listen(source());
  const { tally } = scene.telemetry;
  await files.write([hourOld("first")]);
  heard([]);
  await scene.received(1);
  scene.receiver.answer = () => "held";
  const waiting = [hourOld("second"), hourOld("third")];
  await files.write(waiting);
  heard([]);
  const bytes = waiting.reduce((sum, { time, bytes }) => sum + `${time} stdout F ${bytes}\n`.length, 0);
  await eventually(
    () => tally.value("tallyman_log_unsent_bytes") === bytes && tally.value("tallyman_log_unsent_seconds") >= 3_600,
  );
  scene.receiver.answer = () => "settled";
  await scene.received(3);
  await eventually(
    () => tally.value("tallyman_log_unsent_bytes") === 0 && tally.value("tallyman_log_unsent_seconds") === 0,
  );
});

function hourOld(text: string): LogLine {
  return { ...line(text), time: nanoTimeFromMs(Date.now() - 3_600_000) };
}

function idOf(i: number): string {
  return i.toString(16).padStart(12, "0").padEnd(64, "c");
}

function recordsIn(batch: readonly ContainerBatch[]): number {
  return batch.reduce((sum, { records }) => sum + records.length, 0);
}

/** How many log files of the folder this process has open (Linux: /proc). */
function openIn(dir: string): number {
  const targets = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return targets.filter((target) => target.startsWith(dir) && /\.log(\.\d+)?(\.gz)?$/.test(target)).length;
}
