/** Sends one encoded request, retries included, within its time. Never rejects. */
export interface RequestSender {
  send(request: OutgoingRequest, limits: SendLimits): Promise<SendResult>;
  close(): void;
}

export interface OutgoingRequest {
  readonly body: Uint8Array;
  readonly pointCount: number;
}

export interface SendLimits {
  readonly timeoutMs: number;
  /** Gives up at once: what is under way is cut off. */
  readonly signal: AbortSignal;
  /** Without retries: the first answer counts. */
  readonly once?: boolean;
}

export type SendResult = Accepted | Refused;

export interface Accepted {
  readonly accepted: true;
  /** By the receiver's partial success; 0 otherwise. */
  readonly rejectedPoints: number;
  readonly message?: string;
  /** The receiver's answer is no OTLP response. */
  readonly unreadable?: true;
}

export interface Refused {
  readonly accepted: false;
  readonly failure: SendFailure;
}

/** Why a request did not arrive, in the words of who said so. */
export type SendFailure =
  | { readonly kind: "http"; readonly status: number; readonly detail: string }
  | { readonly kind: "grpc"; readonly status: string; readonly detail: string }
  /** A code of the operating system or of TLS ("ECONNREFUSED"), where there is one. */
  | { readonly kind: "network"; readonly code: string; readonly detail: string }
  | { readonly kind: "timeout"; readonly detail: string }
  /** A file of ours (certificates, token) that can't be read, a header that can't be sent. */
  | { readonly kind: "local"; readonly detail: string };

export function refused(failure: SendFailure): Refused {
  return { accepted: false, failure };
}

/** "HTTP 401", "gRPC UNAVAILABLE", "ECONNREFUSED" */
export function failureName(failure: SendFailure): string {
  switch (failure.kind) {
    case "http":
      return `HTTP ${failure.status}`;
    case "grpc":
      return `gRPC ${failure.status}`;
    case "network":
      return failure.code;
    case "timeout":
      return "timeout";
    case "local":
      return "not sent";
  }
}

/**
 * Failures of the same state are said once. One outage has many names: a connection that is reset, then refused, then
 * a name that is not known while the receiver's container is made anew.
 */
export function failureState(failure: SendFailure): string {
  const name = failureName(failure);
  return /^(timeout|gRPC UNAVAILABLE|EPIPE|EAI_AGAIN|ENOTFOUND|E(CONN|NET|HOST|TIMED)[A-Z]+)$/.test(name)
    ? "unreachable"
    : name;
}
