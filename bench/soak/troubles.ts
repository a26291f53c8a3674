import type { Stage } from "../../test/agent/harness/stage.ts";

/** What makes an agent connect, open, send and say things anew; each is over by itself. */
export function troublesOf({ engine, receiver }: Stage): readonly (() => void | Promise<void>)[] {
  return [
    () => engine.eventStreams.drop(),
    () => engine.eventStreams.end(),
    () => engine.eventStreams.say(`${"<<<noise>>>".repeat(1_000)}\n`.repeat(20)),
    async () => {
      await engine.down();
      await engine.up();
    },
    () => void engine.faults.add({ path: /stats$/, fault: { kind: "malformed" }, times: 5 }),
    () => void engine.faults.add({ path: /json$/, fault: { kind: "truncate", afterBytes: 50 }, times: 2 }),
    () => void receiver.faults.add({ kind: "status", status: 503 }, 2),
    () => void receiver.faults.add({ kind: "reset" }, 2),
    () => void receiver.faults.add({ kind: "garbage" }, 2),
  ];
}
