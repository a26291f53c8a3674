/** Records of one container: a ResourceLogs. */
export interface ContainerRecords {
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
  readonly records: readonly OutgoingRecord[];
}

export interface OutgoingRecord {
  /** RFC 3339 with nine digits of a second; empty where nobody knows it. */
  readonly time: string;
  readonly observedAtMs: number;
  /** By OpenTelemetry's data model of logs: 1 … 24; absent where the line tells none. */
  readonly severity?: { readonly number: number; readonly text: string } | undefined;
  readonly body: Buffer;
  readonly attributes: Readonly<Record<string, string | boolean>>;
}

export function countRecords(batch: readonly ContainerRecords[]): number {
  let count = 0;
  for (const { records } of batch) count += records.length;
  return count;
}

/** Two batches with the same records in the same order; a batch of one can't be split. */
export function halvesOf(batch: readonly ContainerRecords[]): [ContainerRecords[], ContainerRecords[]] {
  const first: ContainerRecords[] = [];
  const second: ContainerRecords[] = [];
  let room = Math.floor(countRecords(batch) / 2);
  for (const { attributes, records } of batch) {
    const here = Math.min(room, records.length);
    if (here > 0) first.push({ attributes, records: records.slice(0, here) });
    if (here < records.length) second.push({ attributes, records: records.slice(here) });
    room -= here;
  }
  return [first, second];
}
