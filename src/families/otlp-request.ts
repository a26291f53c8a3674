import type { MetricFamily, Point } from "./metric-family.ts";

/** Who sends: the same in every request of an export. */
export interface OtlpSender {
  readonly resource: Readonly<Record<string, string>>;
  readonly scope: { readonly name: string; readonly version: string };
}

/** One encoded ExportMetricsServiceRequest, and what it carries. */
export interface OtlpRequest {
  readonly body: Uint8Array;
  readonly blocks: readonly Block[];
  readonly pointCount: number;
}

/** What is sent of a group of families: a ScopeMetrics. */
export type Block = readonly FamilySlice[];

/** The points [from, to) of a family. */
export interface FamilySlice {
  readonly family: MetricFamily;
  readonly from: number;
  readonly to: number;
  /** What these points take in the request. */
  readonly pointBytes: number;
}

export interface OtlpEncoder {
  readonly contentType: string;
  /**
   * Makes requests of the groups of families and encodes each only when it is asked for, so that one export never holds
   * all its requests.
   */
  requests(sender: OtlpSender, groups: FamilyGroups, limits: RequestLimits): Generator<OtlpRequest>;
}

/** The families of some containers stand together, so that gzip's window of 32 KiB sees their labels again. */
export type FamilyGroups = Iterable<readonly MetricFamily[]>;

export interface RequestLimits {
  /** A group that does not fit is split; a single point may pass it. */
  readonly maxBytes: number;
  readonly maxGroups: number;
}

/** Upper bounds of what the parts of a request take. */
interface Measure {
  readonly senderBytes: number;
  readonly blockBytes: number;
  familyBytes(family: MetricFamily): number;
  pointBytes(point: Point): number;
}

/** Cuts the groups, in their order, into the blocks of one request after the other. */
export function* requestBlocks(
  groups: FamilyGroups,
  { maxBytes, maxGroups }: RequestLimits,
  { senderBytes, blockBytes, familyBytes, pointBytes }: Measure,
): Generator<readonly Block[]> {
  let blocks: FamilySlice[][] = [];
  let bytes = senderBytes;
  for (const families of groups) {
    if (blocks.length >= maxGroups) {
      yield blocks;
      blocks = [];
      bytes = senderBytes;
    }
    let slices: FamilySlice[] = [];
    bytes += blockBytes;
    for (const family of families) {
      const { dataPoints } = family;
      const headBytes = dataPoints.length === 0 ? 0 : familyBytes(family);
      let from = 0;
      let sliceBytes = 0;
      // By index: an iterator's entries were a sixth of all that a push allocates.
      for (let i = 0; i < dataPoints.length; i++) {
        const size = pointBytes(dataPoints[i] as Point);
        const opens = i === from;
        const isFirst = opens && slices.length === 0 && blocks.length === 0;
        if (bytes + size + (opens ? headBytes : 0) > maxBytes && !isFirst) {
          if (!opens) slices.push({ family, from, to: i, pointBytes: sliceBytes });
          if (slices.length > 0) blocks.push(slices);
          yield blocks;
          blocks = [];
          slices = [];
          bytes = senderBytes + blockBytes;
          from = i;
          sliceBytes = 0;
        }
        if (i === from) bytes += headBytes;
        sliceBytes += size;
        bytes += size;
      }
      if (dataPoints.length > from) slices.push({ family, from, to: dataPoints.length, pointBytes: sliceBytes });
    }
    if (slices.length > 0) blocks.push(slices);
  }
  if (blocks.length > 0) yield blocks;
}

export function countPoints(blocks: readonly Block[]): number {
  let count = 0;
  for (const slices of blocks) for (const { from, to } of slices) count += to - from;
  return count;
}
