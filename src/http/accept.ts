/**
 * Which of the media types on offer a client likes best by its Accept header (RFC 9110, 12.5.1); of equals the first.
 * Nothing: none of them will do.
 */
export function preferredType<Type extends string>(
  accept: string | string[] | undefined,
  offered: readonly Type[],
): Type | undefined {
  const ranges = String(accept ?? "*/*")
    .split(",")
    .map(readRange);
  let best: { type: Type; quality: number } | undefined;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type;
}

/** Whether Accept-Encoding lets the coding through by name, or by "*". */
export function acceptsCoding(acceptEncoding: string | string[] | undefined, coding: string): boolean {
  const ranges = String(acceptEncoding ?? "")
    .split(",")
    .map(readRange);
  const named = ranges.find(({ range }) => range === coding) ?? ranges.find(({ range }) => range === "*");
  return named !== undefined && named.quality > 0;
}

interface Range {
  readonly range: string;
  readonly quality: number;
}

function readRange(text: string): Range {
  const [range = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith("q="));
  const number = quality === undefined ? 1 : Number(quality.slice(2));
  return { range, quality: number >= 0 && number <= 1 ? number : 0 };
}

/** The most specific range that fits decides. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const [family] = type.split("/");
  for (const fitting of [type, `${family}/*`, "*/*"]) {
    const found = ranges.find(({ range }) => range === fitting);
    if (found !== undefined) return found.quality;
  }
  return 0;
}
