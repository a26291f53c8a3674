/** What is wrong with a text. Without a line: with the one that is being read. */
export class TextFault extends Error {
  override readonly name = "TextFault";
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

export interface ParsedSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

export const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const MAX_LABELS = 128;

/** A line such as `http_requests_total{method="post",code="200"} 1027 1395066363000`, without blanks before it. */
export function parseSample(line: string): ParsedSample {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
  if (name === undefined) throw new TextFault(`expected a metric's name, got ${quoted(line)}`);
  let at = skipBlanks(line, name.length);
  const { labels, end } = line[at] === "{" ? parseLabels(line, at, name) : { labels: new Map(), end: at };
  at = end;
  const [rest = "", exemplar] = split(line.slice(at), "#");
  const [value, time, ...more] = words(rest);
  if (value === undefined) throw new TextFault(`${name} has no value`);
  const number = numberOf(value);
  if (number === undefined) throw new TextFault(`${name} has the value ${quoted(value)}, which is no number`);
  if (time !== undefined && !/^-?\d+(\.\d+)?$/.test(time)) {
    throw new TextFault(`${name} has the time ${quoted(time)}; expected milliseconds since 1970`);
  }
  if (more.length > 0) throw new TextFault(`${name} has ${quoted(more.join(" "))} behind its time`);
  if (exemplar !== undefined) checkExemplar(exemplar.slice(skipBlanks(exemplar, 0)), name);
  return { name, labels, value: number };
}

/** A number as Go reads it, which wrote the format; nothing for what is none. */
export function numberOf(text: string): number | undefined {
  if (/^nan$/i.test(text)) return Number.NaN;
  const [, sign] = /^([+-]?)inf(?:inity)?$/i.exec(text) ?? [];
  if (sign !== undefined) return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

const MAX_QUOTED = 80;

/** Of a text from outside, what a complaint can show. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
}

/** From the brace at `at` to behind the other one. */
function parseLabels(line: string, at: number, name: string): { labels: Map<string, string>; end: number } {
  const labels = new Map<string, string>();
  let next = skipBlanks(line, at + 1);
  while (line[next] !== "}") {
    const [head = "", label = "__name__"] = matchAt(/([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"/y, line, next);
    if (label === "__name__") {
      throw new TextFault(
        `${name} has labels that can't be read from ${quoted(line.slice(next))} on; expected name="value"`,
      );
    }
    const { value, end } = parseLabelValue(line, next + head.length, `${name}{${label}}`);
    if (labels.has(label)) throw new TextFault(`${name} has the label ${label} twice`);
    if (labels.size >= MAX_LABELS) throw new TextFault(`${name} has more than ${MAX_LABELS} labels`);
    labels.set(label, value);
    next = skipBlanks(line, end);
    if (line[next] === ",") next = skipBlanks(line, next + 1);
    else if (line[next] !== "}") {
      throw new TextFault(`${name} has ${quoted(line.slice(next))} behind the label ${label}; expected "," or "}"`);
    }
  }
  return { labels, end: next + 1 };
}

function parseLabelValue(line: string, from: number, what: string): { value: string; end: number } {
  const end = matchAt(/[^"\\]*(?:\\.[^"\\]*)*"/y, line, from)[0]?.length;
  if (end === undefined) throw new TextFault(`${what} has a value without its closing quote`);
  const value = line.slice(from, from + end - 1).replaceAll(/\\(.)/gu, (_, escaped: string) => {
    if (escaped === "n") return "\n";
    if (escaped === "\\" || escaped === '"') return escaped;
    throw new TextFault(`${what} has the escape ${quoted(`\\${escaped}`)}; there are \\\\, \\" and \\n`);
  });
  return { value, end: from + end };
}

function checkExemplar(text: string, name: string) {
  const fault = new TextFault(`${name} has an exemplar that can't be read: ${quoted(text)}`);
  if (!text.startsWith("{")) throw fault;
  const { end } = parseLabels(text, 0, `the exemplar of ${name}`);
  const [value = "", time = "0", ...more] = text
    .slice(end)
    .trim()
    .split(/[ \t]+/);
  if (numberOf(value) === undefined || numberOf(time) === undefined || more.length > 0) throw fault;
}

/** What stands between blanks. Not by `trim`, to which a carriage return is one. */
export function words(text: string): string[] {
  return text.split(/[ \t]+/).filter((word) => word !== "");
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (line[at] === " " || line[at] === "\t") at++;
  return at;
}

function matchAt(pattern: RegExp, line: string, at: number): readonly (string | undefined)[] {
  pattern.lastIndex = at;
  return pattern.exec(line) ?? [];
}

function split(text: string, at: string): [string, string?] {
  const index = text.indexOf(at);
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}
