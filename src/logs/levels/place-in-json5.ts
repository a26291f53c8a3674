import JSON5 from "json5";
import type { Path } from "./shape.ts";

/** Where the value at `path` stands in a text that JSON5 could parse, or its nearest holder that is there: "line:column". */
export function placeInJson5(text: string, path: Path): string {
  const tokens = [...text.matchAll(TOKENS)].filter(([token]) => !/^(?:\s|\/\/|\/\*|\uFEFF)/.test(token));
  let i = 0;
  let found = tokens[0]?.index ?? 0;

  visit(path);
  return lineAndColumn(text, found);

  /** Passes over the value that begins at token `i`; `wanted` leads on from it, if it is on the way. */
  function visit(wanted: Path | undefined): void {
    if (wanted !== undefined) found = tokens[i]?.index ?? found;
    const open = tokens[i++]?.[0];
    if (open !== "{" && open !== "[") return;
    let index = 0;
    while (i < tokens.length && !isClose(tokens[i]?.[0])) {
      const key = open === "{" ? keyOf(tokens[i]?.[0] ?? "") : index++;
      const isOnWay = wanted !== undefined && wanted.length > 0 && wanted[0] === key;
      if (open === "{") {
        if (isOnWay && wanted.length === 1) found = tokens[i]?.index ?? found;
        i += 2;
      }
      const before = found;
      visit(isOnWay ? wanted.slice(1) : undefined);
      // A key is told by its own place, which the person who wrote it looks for.
      if (isOnWay && wanted.length === 1 && open === "{") found = before;
      if (tokens[i]?.[0] === ",") i++;
    }
    i++;
  }
}

const TOKENS =
  /\s+|\uFEFF|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|[{}[\]:,]|[^\s{}[\]:,"'/]+/g;

function isClose(token: string | undefined): boolean {
  return token === "}" || token === "]";
}

function keyOf(token: string): string {
  return /^["']/.test(token) ? String(JSON5.parse(token)) : token;
}

function lineAndColumn(text: string, at: number): string {
  const before = text.slice(0, at).split(/\r\n|[\n\r]/);
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
