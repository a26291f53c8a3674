/** What a byte is to a reader of words, or 0: bytes of UTF-8 beyond ASCII are letters, so that no word is found within another. */
export const WORD = 1;
export const ESCAPE = 2;
export const DOUBLE_QUOTE = 3;

export const KINDS = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) if (byte >= 0x80 || /\w/.test(String.fromCharCode(byte))) KINDS[byte] = WORD;
KINDS[0x1b] = ESCAPE;
KINDS[0x22] = DOUBLE_QUOTE;

export const BYTE = {
  tab: 0x09,
  space: 0x20,
  exclamation: 0x21,
  quote: 0x22,
  dash: 0x2d,
  dot: 0x2e,
  slash: 0x2f,
  colon: 0x3a,
  openAngle: 0x3c,
  equals: 0x3d,
  closeAngle: 0x3e,
  openSquare: 0x5b,
  closeSquare: 0x5d,
  pipe: 0x7c,
} as const;

export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

export function isUpperLetter(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

export function startsWith(line: Buffer, at: number, end: number, text: string): boolean {
  if (end - at < text.length) return false;
  for (let i = 0; i < text.length; i++) if (line[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

export function bytesOf(text: string): ReadonlySet<number> {
  return new Set(Buffer.from(text));
}
