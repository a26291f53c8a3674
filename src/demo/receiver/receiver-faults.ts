import type { PartialSuccess } from "./responses.ts";

/** What a backend can do wrong. */
export type ReceiverFault =
  /** Over HTTP; gRPC answers UNAVAILABLE to it. */
  | { readonly kind: "status"; readonly status: number; readonly body?: string; readonly retryAfter?: string }
  /** Over gRPC; HTTP answers 503 to it. */
  | { readonly kind: "grpc-status"; readonly code: number; readonly message?: string }
  /** The answer comes so much later; Infinity: never. */
  | { readonly kind: "delay"; readonly delayMs: number }
  /** The connection is lost before any answer. */
  | { readonly kind: "reset" }
  | ({ readonly kind: "partial-success" } & PartialSuccess)
  /** 200 with a body that is none. */
  | { readonly kind: "garbage" };

export interface ReceiverFaults {
  /** For the next `times` requests, or until it is removed by what this gives back. The newest counts. */
  add(fault: ReceiverFault, times?: number): () => void;
  clear(): void;
}

export interface ReceiverFaultQueue extends ReceiverFaults {
  take(): ReceiverFault | undefined;
}

export function createReceiverFaults(): ReceiverFaultQueue {
  let entries: { fault: ReceiverFault; left: number }[] = [];
  return {
    add(fault, times = Number.POSITIVE_INFINITY) {
      const entry = { fault, left: times };
      entries.unshift(entry);
      return () => {
        entries = entries.filter((other) => other !== entry);
      };
    },
    clear() {
      entries = [];
    },
    take() {
      const entry = entries.find(({ left }) => left > 0);
      if (entry) entry.left--;
      return entry?.fault;
    },
  };
}
