import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { openLogFolder } from "../../src/logs/files/log-folder.ts";
import { SILENT_LOG } from "../../src/telemetry/log.ts";
import { createTally } from "../../src/telemetry/tally.ts";
import type { Row } from "../real/table.ts";
import { texts } from "./prepared-log.ts";
import { runShipReader } from "./run-reader.ts";

const LINES_AT_ONCE = 10_000;

/** What sending the pump's files costs, beside the SDK's own exporter, which has the same lines in memory. */
export async function measureShipping(folder: string, lines: number): Promise<Row[]> {
  const receiver = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end());
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  try {
    const rows: Row[] = [];
    for (const how of ["sdk", "shipper", "sdk", "shipper"]) {
      const dir = join(folder, `shipped-${rows.length}`);
      await fill(dir, lines);
      const { cpuMs, wallMs, peakRssMb } = await runShipReader(how, endpoint, String(lines), dir);
      rows.push({
        [`${lines} lines over OTLP`]: how === "sdk" ? "the SDK's exporter, from memory" : "shipper, from files",
        "CPU s": cpuMs / 1000,
        "thousand lines a CPU second": lines / cpuMs,
        "wall s": wallMs / 1000,
        "peak RSS MB": peakRssMb,
      });
    }
    return rows;
  } finally {
    receiver.close();
    receiver.closeAllConnections();
  }
}

async function fill(dir: string, lines: number) {
  const folder = await openLogFolder({
    dir,
    format: "cri",
    maxFileBytes: 1024 * 1024 * 1024,
    maxFiles: 10,
    compress: false,
    fileMode: 0o640,
    folderMode: 0o750,
    telemetry: { log: SILENT_LOG, tally: createTally({ startedAtMs: 0 }) },
  });
  const files = await folder.files({ id: "1".padStart(64, "0"), name: "shipped" });
  for (let from = 0; from < lines; from += LINES_AT_ONCE) {
    const part = Array.from({ length: Math.min(LINES_AT_ONCE, lines - from) }, (_, i) => ({
      stream: "stdout" as const,
      time: `2026-11-21T05:00:00.${String(from + i).padStart(9, "0")}Z`,
      bytes: Buffer.from(texts[i % texts.length] ?? ""),
      isPart: false,
    }));
    await files.write(part);
  }
  await folder.close();
}
