import { type AcceptedRange, acceptedRanges } from "../kit/accept-header.ts";

/**
 * Which of the media types on offer a client likes best by its Accept header (RFC 9110, 12.5.1); of equals the first.
 * Nothing: none of them will do.
 */
export function preferredType<Type extends string>(
  accept: string | string[] | undefined,
  offered: readonly Type[],
): Type | undefined {
  const ranges = acceptedRanges(String(accept ?? "*/*"));
  let best: { type: Type; quality: number } | undefined;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type;
}

/** The most specific range that fits decides. */
function qualityOf(type: string, ranges: readonly AcceptedRange[]): number {
  const [family] = type.split("/");
  for (const fitting of [type, `${family}/*`, "*/*"]) {
    const found = ranges.find(({ name }) => name === fitting);
    if (found !== undefined) return found.quality;
  }
  return 0;
}
