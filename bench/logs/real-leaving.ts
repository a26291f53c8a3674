import { mkdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { eachInPool } from "../../src/kit/pool.ts";
import { keptLines } from "../../test/faults/logs/kept-lines.ts";
import { eventually } from "../../test/support/eventually.ts";
import type { Row } from "../real/table.ts";
import { startAgentProcess } from "./agent-process.ts";
import { withRealEngine } from "./real-engine.ts";

const CONTAINERS = 60;
const AT_ONCE = 3;
const LINES = 20_000;
const REMOVED_WITHIN_MS = 60_000;
/** What is told late is told by then. */
const SETTLE_MS = 3_000;

/** Containers that print until they end, and are removed by it (`--rm`): how many are kept to their last line, or told of. */
export function measureRealLeaving(dir: string): Promise<Row[]> {
  return withRealEngine(async (engine, version) => {
    mkdirSync(dir);
    const env = { TALLYMAN_OTLP_ENABLED: "false", TALLYMAN_LOGS_DIR: dir, TALLYMAN_LOG_LEVEL: "debug" };
    const agent = startAgentProcess(engine.address, env);
    const said = () => [...agent.stdout, ...agent.stderr];
    try {
      await eventually(() => said().some((line) => line.includes("Event stream opened")), { withinMs: 30_000 });
      // By then it has looked which containers there are.
      await pause(SETTLE_MS);
      const ids: string[] = [];
      await eachInPool(Array.from({ length: CONTAINERS }), AT_ONCE, async () => {
        ids.push(await engine.docker("run", "-d", "--rm", "--network", "none", "bb", "seq", "1", String(LINES)));
      });
      const deadlineMs = performance.now() + REMOVED_WITHIN_MS;
      while ((await engine.docker("ps", "-aq")) !== "" && performance.now() < deadlineMs) await pause(200);
      await pause(SETTLE_MS);
      const isTold = (id: string) => said().some((line) => TOLD.test(line) && line.includes(id));
      const lacking = ids.filter((id) => new Set(keptLines(dir, id).stdout).size < LINES);
      return [
        {
          [`engine ${version}, ${CONTAINERS} containers of ${LINES} lines`]: "Tallyman",
          whole: CONTAINERS - lacking.length,
          "lacking, told": lacking.filter(isTold).length,
          "lacking, untold": lacking.filter((id) => !isTold(id)).length,
          "whole, told of all the same": ids.filter((id) => !lacking.includes(id) && isTold(id)).length,
          "lines twice": ids.filter((id) => keptLines(dir, id).stdout.length > LINES).length,
        },
      ];
    } finally {
      await agent.end("SIGTERM", 10_000);
    }
  });
}

const TOLD = /gone before they could be read|removed (again )?before its log could be read/;
