import { commandOf, type SimulatedContainer } from "./container.ts";

/** GET /containers/{id}/top: what `ps -ef` says of it; half of its threads are processes of their own. */
export function topReply(container: SimulatedContainer): object {
  const firstPid = 1000 + container.ordinal * 8;
  const processes = Array.from({ length: Math.ceil(container.load.threads / 2) }, (_, i) => {
    const parent = i === 0 ? 1 : firstPid;
    return [
      "root",
      String(firstPid + i),
      String(parent),
      "0",
      "04:37",
      "?",
      "00:00:00",
      commandOf(container).join(" "),
    ];
  });
  return { Processes: processes, Titles: ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"] };
}
