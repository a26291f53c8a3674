import { BYTE, bytesOf, isBlank, isDigit, isUpperLetter, startsWith } from "./bytes.ts";

/** Whether all that stands before the word at `start` is what programs write before a message, as far as its last word tells. */
export function beginsMessage(line: Buffer, from: number, start: number): boolean {
  let last = start - 1;
  // A path of names in C++ or Rust.
  if (line[last] === BYTE.colon && line[last - 1] === BYTE.colon) return false;
  while (last >= from && isBlank(line[last] as number)) last--;
  if (last < from || HEAD_ENDS.has(line[last] as number)) return true;
  if (isTime(line, from, last)) return true;
  const first = startOfToken(line, from, last);
  const length = last - first + 1;
  if (SPEAKERS.some((name) => name.length === length && startsWith(line, first, last + 1, name))) return true;
  if (length > 4 || !isUpperLetter(line[first] as number) || !isUpperLetter(line[last] as number)) return false;
  // A time's zone, AM or PM.
  return first - 2 >= from && isTime(line, from, first - 2);
}

/** Whether the token that ends at `last` begins with a digit, as times, dates and process numbers do. */
export function isTime(line: Buffer, from: number, last: number): boolean {
  return isDigit(line[startOfToken(line, from, last)] as number);
}

function startOfToken(line: Buffer, from: number, last: number): number {
  let first = last;
  while (first > from && !isBlank(line[first - 1] as number)) first--;
  return first;
}

/** Programs that put nothing but their name before the level. */
const SPEAKERS = ["npm", "PHP"];

/** Of what stands before a message: `name:`, `[…]`, `(…)`, `… -`, `… |`, `… >`. */
const HEAD_ENDS = bytesOf(":])}|->,");
