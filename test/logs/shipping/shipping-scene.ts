import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { LogFolder, LogFolderOptions } from "../../../src/logs/files/log-folder.ts";
import { openLogFolder } from "../../../src/logs/files/log-folder.ts";
import { createLevelReader } from "../../../src/logs/levels/level-reader.ts";
import type { LogSource } from "../../../src/logs/pump/log-source.ts";
import { createLogShipper, type LogShipper, type LogShipperOptions } from "../../../src/logs/shipping/log-shipper.ts";
import type { ContainerBatch, ShippedRecord } from "../../../src/logs/shipping/shipped-record.ts";
import { type WatchedTelemetry, watchedTelemetry } from "../../outlets/otlp/outlet-support.ts";
import { eventually } from "../../support/eventually.ts";
import { defaults, ID } from "../files/support/scene.ts";

export interface Receiver {
  readonly records: ShippedRecord[];
  readonly batches: (readonly ContainerBatch[])[];
  readonly texts: () => string[];
  /** What it does with a batch; at first it takes everything. */
  answer: (batch: readonly ContainerBatch[]) => "settled" | "held" | Promise<"settled" | "held">;
}

export interface ShippingScene {
  readonly dir: string;
  readonly telemetry: WatchedTelemetry;
  readonly receiver: Receiver;
  folder(options?: Partial<LogFolderOptions>): Promise<LogFolder>;
  /** Started; the folder opened next tells it of files that go. */
  shipper(options?: Partial<LogShipperOptions>): LogShipper;
  received(count: number): Promise<void>;
}

/** A folder, and a receiver that takes batches as they are; both go with the test. */
export function shippingScene(t: TestContext): ShippingScene {
  const dir = mkdtempSync(join(tmpdir(), "tallyman-shipping-"));
  const telemetry = watchedTelemetry();
  const ends: (() => Promise<void>)[] = [];
  const shippers: LogShipper[] = [];
  const receiver: Receiver = {
    records: [],
    batches: [],
    texts: () => receiver.records.map(({ body }) => String(body)),
    answer: () => "settled",
  };
  t.after(async () => {
    for (const end of ends.reverse()) await end();
    rmSync(dir, { recursive: true, force: true });
  });

  async function send(batch: readonly ContainerBatch[]) {
    const answer = await receiver.answer(batch);
    if (answer === "settled" && batch.length > 0) {
      receiver.batches.push(batch);
      for (const { records } of batch) receiver.records.push(...records);
    }
    return answer;
  }

  return {
    dir,
    telemetry,
    receiver,
    async folder(options = {}) {
      const onRemove = async (path: string) => {
        for (const shipper of shippers) await shipper.onRemove(path);
      };
      const folder = await openLogFolder({ ...defaults(dir), dir, telemetry, onRemove, ...options });
      ends.push(() => folder.close());
      return folder;
    },
    shipper(options = {}) {
      const shipper = createLogShipper(
        {
          dir,
          fileMode: 0o640,
          minLevel: "trace",
          gatherMs: 1,
          maxRecords: 100,
          maxBytes: 100_000,
          choosesLabel: () => true,
          runtime: () => "docker",
          retry: { firstMs: 1, maxMs: 5 },
          saveEveryMs: 0,
          ...options,
        },
        { send, levelsOf: createLevelReader(), telemetry },
      );
      ends.push(() => shipper.stop());
      shippers.push(shipper);
      shipper.start();
      return shipper;
    },
    async received(count) {
      await eventually(() => receiver.records.length >= count);
    },
  };
}

export function source(about: Partial<LogSource> = {}): LogSource {
  return {
    id: ID,
    name: "web",
    image: "registry:5000/shop/web:1.2",
    labels: { "com.example.team": "shop" },
    tty: false,
    driver: "local",
    isRunning: true,
    hasRun: true,
    version: "1",
    ...about,
  };
}
