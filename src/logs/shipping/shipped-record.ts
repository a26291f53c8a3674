/** What is sent of one container: see the outlet for OTLP logs, which takes it as it is. */
export interface ContainerBatch {
  readonly attributes: ContainerAttributes;
  readonly records: readonly ShippedRecord[];
}

export type ContainerAttributes = Readonly<Record<string, string | readonly string[]>>;

export interface ShippedRecord {
  readonly time: string;
  readonly observedAtMs: number;
  readonly severity?: Severity | undefined;
  readonly body: Buffer;
  readonly attributes: Readonly<Record<string, string | boolean>>;
}

export interface Severity {
  readonly number: number;
  readonly text: string;
}

/** "settled": none of it need be sent again. "held": all of it is to be, another time. Never rejects. */
export type SendBatch = (batch: readonly ContainerBatch[], signal: AbortSignal) => Promise<"settled" | "held">;
