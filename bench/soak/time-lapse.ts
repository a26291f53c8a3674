/**
 * Preloaded into the agent: its clock, and every wait of its own, runs SOAK_SPEED times as fast, so that hours of its
 * life with its default interval take minutes. Node's inner timers (idle sockets) keep real time.
 */
import { lapseClock } from "./lapse-clock.ts";

const { SOAK_SPEED, SOAK_BEGAN_MS } = process.env;
if (SOAK_SPEED !== undefined) hasten(Number(SOAK_SPEED), Number(SOAK_BEGAN_MS));

function hasten(speed: number, beganAtMs: number) {
  Date.now = lapseClock({ beganAtMs, speed });
  const monotonicMs = performance.now.bind(performance);
  performance.now = () => monotonicMs() * speed;
  globalThis.setTimeout = sooner(globalThis.setTimeout, speed);
  globalThis.setInterval = sooner(globalThis.setInterval, speed);
}

/** The same timer, its time divided; what else hangs on the function (promisify's form) stays with it. */
function sooner<Start extends typeof setTimeout | typeof setInterval>(start: Start, speed: number): Start {
  const hastened = (work: () => void, ms = 0, ...rest: unknown[]) =>
    (start as (...all: unknown[]) => unknown)(work, ms / speed, ...rest);
  return Object.assign(hastened, start) as unknown as Start;
}
