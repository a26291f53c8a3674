import { excessOf } from "./expression-cost.ts";

/** Whether a line, as `lineText` gives it, has what is looked for. */
export type TextTest = (text: string) => boolean;

/** A substring, or a regular expression. */
export type Pattern = string | { readonly re: string; readonly ignoreCase: boolean };

const MAX_LINE_BYTES = 16_384;
/** Of a line, for regular expressions: their time can grow with a power of it. */
const MAX_MATCHED_BYTES = 512;
const MAX_PATTERN_LENGTH = 500;

/** A character a byte: cheaper than UTF-8, and words are asked for by the bytes that they are written as. */
export function lineText(line: Buffer): string {
  return line.toString("latin1", 0, MAX_LINE_BYTES);
}

/** Words in one expression, which is faster than a search for each. None fit nothing. */
export function anyOf(patterns: readonly Pattern[]): TextTest {
  const words = patterns.filter((pattern) => typeof pattern === "string");
  const tests = patterns.filter((pattern) => typeof pattern !== "string").map(expressionTest);
  if (words.length > 0) {
    const found = new RegExp(words.map((word) => escaped(asBytes(word))).join("|"));
    tests.unshift((text) => found.test(text));
  }
  return (text) => tests.some((test) => test(text));
}

/** Why the pattern can't be used. */
export function refusedPattern(pattern: Pattern): string | undefined {
  const source = typeof pattern === "string" ? pattern : pattern.re;
  if (source === "") return "it is empty, which every line has";
  if (source.length > MAX_PATTERN_LENGTH) return `it is longer than ${MAX_PATTERN_LENGTH} characters`;
  if (typeof pattern === "string") return undefined;
  try {
    new RegExp(source);
  } catch (error) {
    const reason = (error as Error).message;
    return `it is no regular expression: ${reason.slice(reason.lastIndexOf(": ") + 2)}`;
  }
  const excess = excessOf(source);
  return excess && `${excess}, which can take for ever on some lines`;
}

function expressionTest({ re, ignoreCase }: Exclude<Pattern, string>): TextTest {
  const expression = new RegExp(re, ignoreCase ? "i" : "");
  const isAscii = /^[\x20-\x7e]*$/.test(re);
  return (text) => {
    const matched = text.length > MAX_MATCHED_BYTES ? text.slice(0, MAX_MATCHED_BYTES) : text;
    return expression.test(isAscii ? matched : Buffer.from(matched, "latin1").toString("utf8"));
  };
}

function asBytes(word: string): string {
  return Buffer.from(word, "utf8").toString("latin1");
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
