/** One of what an Accept or Accept-Encoding header lists, in lower case (RFC 9110, 12.4.2). */
export interface AcceptedRange {
  readonly name: string;
  /** From 0, not at all, to 1. */
  readonly quality: number;
  readonly parameters: ReadonlyMap<string, string>;
}

export function acceptedRanges(header: string): AcceptedRange[] {
  return header.split(",").map(rangeOf);
}

/** Whether Accept-Encoding lets the coding through by name, or by "*". */
export function acceptsCoding(acceptEncoding: string | undefined, coding: string): boolean {
  const ranges = acceptedRanges(acceptEncoding ?? "");
  const named = ranges.find(({ name }) => name === coding) ?? ranges.find(({ name }) => name === "*");
  return named !== undefined && named.quality > 0;
}

function rangeOf(text: string): AcceptedRange {
  const [name = "", ...rest] = text.split(";").map((part) => part.trim().toLowerCase());
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf("=");
    if (at > 0)
      parameters.set(
        part.slice(0, at).trim(),
        part
          .slice(at + 1)
          .trim()
          .replaceAll('"', ""),
      );
  }
  const quality = Number(parameters.get("q") ?? 1);
  return { name, parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}
