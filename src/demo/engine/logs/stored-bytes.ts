import { isUtf8 } from "node:buffer";

const REPLACEMENT = Buffer.from("\ufffd");

/**
 * json-file keeps text: Go's encoder puts U+FFFD in the place of each byte that is no UTF-8 (recorded on 20.10 and 28.5),
 * where JavaScript's decoder would take several of them together.
 */
export function asJsonFileKeepsIt(bytes: Buffer): Buffer {
  if (isUtf8(bytes)) return bytes;
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    parts.push(length === 0 ? REPLACEMENT : bytes.subarray(at, at + length));
    at += length || 1;
  }
  return Buffer.concat(parts);
}

/** 0: no character begins here. */
function characterLength(bytes: Buffer, at: number): number {
  for (const length of [1, 2, 3, 4]) {
    if (at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}
