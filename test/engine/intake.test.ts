import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as immediate } from "node:timers/promises";
import { createIntake, type Intake, type IntakeOptions, type IntakeSource } from "../../src/engine/intake.ts";
import { eventually } from "../support/eventually.ts";

const CHUNK_BYTES = 100;

/** A log of which there is always more: read while it may, handed on in its turn, written when the test lets it. */
function endlessLog(intake: Intake) {
  let isReading = false;
  let isPending = false;
  let isInUse = false;
  let deliveries = 0;
  const source: IntakeSource = {
    deliver() {
      isPending = false;
      isInUse = true;
      deliveries++;
      intake.read(source);
    },
    startReading() {
      isReading = true;
    },
    stopReading() {
      isReading = false;
    },
  };
  return {
    source,
    begin: () => intake.read(source),
    /** What a socket does with data, when it may. */
    receive() {
      if (!isReading || isPending) return;
      isReading = false;
      isPending = true;
      intake.stop(source);
      intake.hold(CHUNK_BYTES);
      if (!isInUse) intake.enter(source);
    },
    /** And the next is asked for. */
    written() {
      isInUse = false;
      intake.leave(source);
      intake.hold(-CHUNK_BYTES);
      if (isPending) intake.enter(source);
    },
    get deliveries() {
      return deliveries;
    },
    get isReading() {
      return isReading;
    },
  };
}

function endlessLogs(count: number, options: IntakeOptions) {
  const intake = createIntake({ readBytes: CHUNK_BYTES, ...options });
  const logs = Array.from({ length: count }, () => endlessLog(intake));
  for (const log of logs) log.begin();
  return logs;
}

test("so many hand on at once, the others in the order in which they came", () => {
  const logs = endlessLogs(5, { atOnce: 2 });
  for (const log of logs) log.receive();
  assert.deepEqual(deliveriesOf(logs), [1, 1, 0, 0, 0]);
  logs[1]?.written();
  assert.deepEqual(deliveriesOf(logs), [1, 1, 1, 0, 0]);
});

test("one that always has more waits behind all others that have something", () => {
  const logs = endlessLogs(3, { atOnce: 1 });
  const [chatty, ...others] = logs;
  chatty?.receive();
  for (const other of others) other.receive();
  chatty?.receive();
  chatty?.written();
  assert.deepEqual(deliveriesOf(logs), [1, 1, 0]);
  others[0]?.written();
  assert.deepEqual(deliveriesOf(logs), [1, 1, 1]);
  others[1]?.written();
  assert.deepEqual(deliveriesOf(logs), [2, 1, 1]);
});

test("logs whose lines can't be written hold up no others", async () => {
  const logs = endlessLogs(4, { atOnce: 2, patienceMs: 1 });
  for (const log of logs) log.receive();
  await eventually(() => deliveriesOf(logs).every((deliveries) => deliveries === 1));
});

test("one that ends gives its turn on", () => {
  const logs = endlessLogs(2, { atOnce: 1 });
  for (const log of logs) log.receive();
  logs[0]?.written();
  assert.deepEqual(deliveriesOf(logs), [1, 1]);
});

test("at the bound nothing more is read of any log, until half of it is written", async () => {
  const logs = endlessLogs(6, { maxBytes: 4 * CHUNK_BYTES, atOnce: 6 });
  for (const log of logs) log.receive();
  assert.deepEqual(deliveriesOf(logs), [1, 1, 1, 1, 0, 0]);
  assert.ok(logs.every(({ isReading }) => !isReading));
  logs[0]?.written();
  await immediate();
  assert.ok(logs.every(({ isReading }) => !isReading));
  logs[1]?.written();
  await eventually(() => logs.every(({ isReading }) => isReading));
});

test("those that have waited longest are read first when there is room again, and no more of them than there is room for", async () => {
  const logs = endlessLogs(12, { maxBytes: 4 * CHUNK_BYTES, atOnce: 12 });
  for (const log of logs) log.receive();
  for (const log of logs.slice(0, 2)) log.written();
  await immediate();
  assert.deepEqual(
    logs.flatMap(({ isReading }, i) => (isReading ? [i] : [])),
    [4, 5],
  );
});

test("with a bound that fits few of many busy logs, each of them gets on", async () => {
  const logs = endlessLogs(50, { maxBytes: 4 * CHUNK_BYTES, atOnce: 2 });
  const written = logs.map(() => 0);
  for (let round = 0; round < 2_000; round++) {
    for (const log of logs) log.receive();
    for (const [i, log] of logs.entries()) {
      if (log.deliveries === written[i]) continue;
      written[i] = log.deliveries;
      log.written();
    }
    await immediate();
  }
  assert.ok(Math.min(...written) > 0.5 * Math.max(...written), written.join(" "));
});

function deliveriesOf(logs: readonly { deliveries: number }[]): number[] {
  return logs.map(({ deliveries }) => deliveries);
}
