/** A clock that showed the real time at `beganAtMs` and has run `speed` times as fast since. */
export function lapseClock({ beganAtMs, speed }: { beganAtMs: number; speed: number }): () => number {
  const realMs = Date.now;
  return () => Math.round(beganAtMs + (realMs() - beganAtMs) * speed);
}
