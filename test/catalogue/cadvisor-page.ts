/** A series of a Prometheus text page; empty labels are absent ones, as Prometheus takes them. */
export interface PageSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly atMs?: number;
}

/** Enough of the text format for cAdvisor's pages; a line that it can't read is an error. */
export function parsePage(text: string): PageSeries[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(parseLine);
}

/** Name and labels in one text, by which series of two pages are matched. */
export function seriesKey({ name, labels }: Pick<PageSeries, "name" | "labels">): string {
  return `${name}${JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}

function parseLine(line: string): PageSeries {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{((?:\w+="(?:[^"\\]|\\.)*",?)*)\})? (\S+)(?: (\d+))?$/.exec(line);
  if (match === null) throw new Error(`not a sample: ${line}`);
  const [, name = "", labelText = "", value, atMs] = match;
  const labels: Record<string, string> = {};
  for (const [, label = "", escaped = ""] of labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
    const unescaped = escaped.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
    if (unescaped !== "") labels[label] = unescaped;
  }
  return { name, labels, value: Number(value), ...(atMs !== undefined && { atMs: Number(atMs) }) };
}
