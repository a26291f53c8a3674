import type { LogStream } from "../../logs/log-line.ts";
import type { SimulatedEngine } from "./simulated-engine.ts";

/** What the shop's containers print, each program in the form of its kind, at a modest rate until the engine closes. */
export function startShopLogs(engine: SimulatedEngine): void {
  const { containers } = engine;
  let turn = 0;
  const print = (pastMs?: number) => {
    turn++;
    for (const [name, { everyTurns, line }] of Object.entries(PROGRAMS)) {
      if (turn % everyTurns !== 0 || containers.find(name)?.status !== "running") continue;
      const number = turn / everyTurns;
      const atMs = pastMs ?? engine.nowMs();
      const { stream = "stdout", text } = line({ number, at: new Date(atMs) });
      containers.print(name, {
        stream,
        bytes: `${text}\n`,
        ...(pastMs !== undefined && { atNs: BigInt(pastMs) * 1_000_000n }),
      });
    }
  };
  const nowMs = Math.floor(engine.nowMs());
  for (let i = HISTORY_TURNS; i > 0; i--) print(nowMs - i * TURN_MS);
  // The engine's socket keeps a process alive, not what its containers say.
  const timer = setInterval(() => print(), TURN_MS).unref();
  engine.onClose(() => clearInterval(timer));
}

const TURN_MS = 100;
const HISTORY_TURNS = 300;

interface Moment {
  readonly number: number;
  readonly at: Date;
}

interface Program {
  readonly everyTurns: number;
  readonly line: (moment: Moment) => { readonly stream?: LogStream; readonly text: string };
}

const PROGRAMS: Readonly<Record<string, Program>> = {
  "shop-web-1": { everyTurns: 2, line: nginx },
  "shop-api-1": { everyTurns: 3, line: jsonLines },
  "shop-db-1": { everyTurns: 11, line: postgres },
  "shop-cache-1": { everyTurns: 29, line: valkey },
  "shop-worker-1": { everyTurns: 7, line: python },
  "shop-mail-1": { everyTurns: 13, line: logfmt },
  "node-agent": { everyTurns: 17, line: klog },
};

function nginx({ number, at }: Moment): ReturnType<Program["line"]> {
  const path = pick(["/", "/cart", "/products/17", "/static/app.css", "/api/orders", "/health"], number);
  if (number % 53 === 0) {
    const time = iso(at).slice(0, 19).replaceAll("-", "/").replace("T", " ");
    const what = `connect() failed (111: Connection refused) while connecting to upstream, client: 172.18.0.1`;
    return { stream: "stderr", text: `${time} [error] 29#29: *${number} ${what}, request: "GET ${path} HTTP/1.1"` };
  }
  const [day, month] = [iso(at).slice(8, 10), MONTHS[at.getUTCMonth()]];
  const time = `${day}/${month}/${at.getUTCFullYear()}:${iso(at).slice(11, 19)} +0000`;
  const status = number % 53 === 1 ? 502 : pick([200, 200, 200, 304, 200, 404], number);
  return {
    text: `172.18.0.1 - - [${time}] "GET ${path} HTTP/1.1" ${status} ${500 + (number % 4000)} "-" "Mozilla/5.0"`,
  };
}

function jsonLines({ number, at }: Moment): ReturnType<Program["line"]> {
  const level = number % 41 === 0 ? "error" : number % 17 === 0 ? "warn" : "info";
  const msg = { info: "request completed", warn: "slow query", error: "payment provider answered 503" }[level];
  const text = JSON.stringify({
    level,
    time: iso(at),
    msg,
    requestId: `r-${number}`,
    durationMs: 3 + ((number * 7) % 240),
  });
  return { stream: level === "info" ? "stdout" : "stderr", text };
}

function postgres({ number, at }: Moment): ReturnType<Program["line"]> {
  const prefix = `${iso(at).slice(0, 23).replace("T", " ")} UTC [${60 + (number % 5)}]`;
  if (number % 19 === 0)
    return { stream: "stderr", text: `${prefix} ERROR:  duplicate key value violates unique constraint "orders_pkey"` };
  const what = pick(
    [
      "checkpoint starting: time",
      "checkpoint complete: wrote 44 buffers (0.3%)",
      'automatic vacuum of table "shop.public.carts"',
    ],
    number,
  );
  return { stream: "stderr", text: `${prefix} LOG:  ${what}` };
}

function valkey({ number, at }: Moment): ReturnType<Program["line"]> {
  const time = `${iso(at).slice(8, 10)} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()} ${iso(at).slice(11, 23)}`;
  if (number % 9 === 0) return { text: `1:M ${time} # Background saving took longer than expected` };
  return {
    text: `1:M ${time} * ${pick(["100 changes in 300 seconds. Saving...", "DB saved on disk", "Background saving terminated with success"], number)}`,
  };
}

function python({ number, at }: Moment): ReturnType<Program["line"]> {
  const time = iso(at).slice(0, 23).replace("T", " ").replace(".", ",");
  if (number % 23 === 0) {
    const trace = `Traceback (most recent call last):\n  File "/app/tasks.py", line 61, in send\n    deliver(message)\nTimeoutError: timed out`;
    return { stream: "stderr", text: `${time} ERROR worker.tasks: task ${number} failed\n${trace}` };
  }
  const level = number % 10 === 0 ? "WARNING" : "INFO";
  return {
    stream: "stderr",
    text: `${time} ${level} worker.tasks: task ${number} ${level === "INFO" ? "done" : "was tried 2 times"}`,
  };
}

function logfmt({ number, at }: Moment): ReturnType<Program["line"]> {
  const isLost = number % 4 === 0;
  const text = isLost ? 'level=error msg="could not reach relay" err="i/o timeout"' : "level=debug msg=poll";
  return { stream: "stderr", text: `time=${iso(at)} ${text} attempt=${number}` };
}

function klog({ number, at }: Moment): ReturnType<Program["line"]> {
  const letter = number % 13 === 0 ? "W" : "I";
  const head = `${letter}${iso(at).slice(5, 10).replace("-", "")} ${iso(at).slice(11, 23)}000       1 agent.go:120]`;
  return { stream: "stderr", text: `${head} ${letter === "W" ? "lease renewal took 2.1s" : "reconciled 8 objects"}` };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function iso(at: Date): string {
  return at.toISOString();
}

function pick<T>(all: readonly [T, ...T[]], number: number): T {
  return all[number % all.length] ?? all[0];
}
