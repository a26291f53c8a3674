/**
 * Preloaded into the agent (with --expose-gc): on each connection to its socket it collects all garbage and says what is
 * left, so that a heap which V8 is in no hurry to clean is not taken for a leak, nor a leak for such a heap.
 */
import { createServer } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { getHeapStatistics, writeHeapSnapshot } from "node:v8";

/** What is alive in the agent once nothing is left to collect. */
export interface Alive {
  readonly heapBytes: number;
  /** Outside of V8's heap but held by it, such as buffers. */
  readonly externalBytes: number;
  readonly arrayBufferBytes: number;
  /** Open sockets, pipes, timers and requests. */
  readonly resources: number;
}

const { SOAK_PROBE: socketPath } = process.env;
if (socketPath !== undefined) answerAt(socketPath);

function answerAt(path: string) {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", async (snapshotPath) => {
      const alive = await aliveNow();
      if (snapshotPath.toString() !== "\n") writeHeapSnapshot(snapshotPath.toString().trim());
      socket.end(JSON.stringify(alive));
    });
  });
  server.listen(path).unref();
}

async function aliveNow(): Promise<Alive> {
  // What weak references and finalizers let go of is free only after a turn of the event loop and a second collection.
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.();
    await turn();
  }
  const { external, arrayBuffers } = process.memoryUsage();
  return {
    heapBytes: getHeapStatistics().used_heap_size,
    externalBytes: external,
    arrayBufferBytes: arrayBuffers,
    resources: process.getActiveResourcesInfo().length,
  };
}
