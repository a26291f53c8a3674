// Sends what a folder holds over OTLP until it is killed, or all is sent.

import { createLevelReader } from "../../../src/logs/levels/level-reader.ts";
import { createLogShipper } from "../../../src/logs/shipping/log-shipper.ts";
import { createLogOutlet } from "../../../src/outlets/otlp-logs/log-outlet.ts";
import { SILENT_LOG } from "../../../src/telemetry/log.ts";
import { createTally } from "../../../src/telemetry/tally.ts";

const { dir, endpoint, maxRecords } = JSON.parse(process.argv[2] as string);
const telemetry = { log: SILENT_LOG, tally: createTally({ startedAtMs: 0 }) };
const outlet = createLogOutlet(
  {
    protocol: "http/protobuf",
    endpoint,
    headers: {},
    compression: "none",
    tls: {},
    proxyEnvironment: {},
    timeoutMs: 60_000,
    maxRequestBytes: 3 * 1024 * 1024,
    resource: () => ({}),
  },
  telemetry,
);
const shipper = createLogShipper(
  {
    dir,
    fileMode: 0o640,
    minLevel: "trace",
    gatherMs: 1,
    maxRecords,
    maxBytes: 1024 * 1024,
    choosesLabel: () => true,
    runtime: () => "docker",
  },
  { send: outlet.send, levelsOf: createLevelReader(), telemetry },
);
shipper.start();
// Nothing else keeps the process: it is ended from outside.
setInterval(() => {}, 1_000);
