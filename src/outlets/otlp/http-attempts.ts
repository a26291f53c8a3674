import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";

export interface Attempt {
  readonly status?: number;
  readonly error?: Error;
}

export interface Attempts {
  last(): Attempt | undefined;
  forget(): void;
  stop(): void;
}

const RESPONSE_CHANNEL = "http.client.response.finish";
const ERROR_CHANNEL = "http.client.request.error";

/**
 * How the last attempt through an agent of ours went. The SDK (0.301.0) forgets it where it retried: a request that was
 * refused with 503 to the end fails with "Export failed with retryable status". Node publishes both outcomes
 * (diagnostics_channel, Node 22 and 24).
 */
export function watchAttempts(owns: (agent: unknown) => boolean): Attempts {
  let last: Attempt | undefined;
  const onResponse = (message: unknown) => {
    const { request, response } = message as { request: Agented; response: IncomingMessage };
    if (owns(request.agent)) last = { status: response.statusCode ?? 0 };
  };
  const onError = (message: unknown) => {
    const { request, error } = message as { request: Agented; error: Error };
    if (owns(request.agent)) last = { error };
  };
  subscribe(RESPONSE_CHANNEL, onResponse);
  subscribe(ERROR_CHANNEL, onError);
  return {
    last: () => last,
    forget() {
      last = undefined;
    },
    stop() {
      unsubscribe(RESPONSE_CHANNEL, onResponse);
      unsubscribe(ERROR_CHANNEL, onError);
    },
  };
}

type Agented = ClientRequest & { readonly agent?: unknown };
