import type { MetricFamily, Point } from "./metric-family.ts";

/** Who sends: the same in every request of an export. */
export interface OtlpSender {
  readonly resource: Readonly<Record<string, string>>;
  readonly scope: { readonly name: string; readonly version: string };
}

/** One encoded ExportMetricsServiceRequest, and what it carries. */
export interface OtlpRequest {
  readonly body: Uint8Array;
  readonly slices: readonly FamilySlice[];
  readonly pointCount: number;
}

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
   * Splits the families into requests of at most `maxBytes` (a single point may pass it) and encodes each only when it
   * is asked for, so that one export never holds all its requests.
   */
  requests(sender: OtlpSender, families: readonly MetricFamily[], maxBytes: number): Generator<OtlpRequest>;
}

/** Upper bounds of what the parts of a request take. */
interface Measure {
  readonly senderBytes: number;
  familyBytes(family: MetricFamily): number;
  pointBytes(point: Point): number;
}

/** Cuts the families, in their order, into what fits a request each. */
export function* sliceFamilies(
  families: readonly MetricFamily[],
  maxBytes: number,
  { senderBytes, familyBytes, pointBytes }: Measure,
): Generator<readonly FamilySlice[]> {
  let slices: FamilySlice[] = [];
  let bytes = senderBytes;
  for (const family of families) {
    const headBytes = family.dataPoints.length === 0 ? 0 : familyBytes(family);
    let from = 0;
    let sliceBytes = 0;
    for (const [i, point] of family.dataPoints.entries()) {
      const size = pointBytes(point);
      const opens = i === from;
      if (bytes + size + (opens ? headBytes : 0) > maxBytes && (slices.length > 0 || !opens)) {
        if (!opens) slices.push({ family, from, to: i, pointBytes: sliceBytes });
        yield slices;
        slices = [];
        bytes = senderBytes;
        from = i;
        sliceBytes = 0;
      }
      if (i === from) bytes += headBytes;
      sliceBytes += size;
      bytes += size;
    }
    const to = family.dataPoints.length;
    if (to > from) slices.push({ family, from, to, pointBytes: sliceBytes });
  }
  if (slices.length > 0) yield slices;
}

export function countPoints(slices: readonly FamilySlice[]): number {
  let count = 0;
  for (const { from, to } of slices) count += to - from;
  return count;
}
