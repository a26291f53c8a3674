/** What a byte is to a reader of words: bytes of UTF-8 beyond ASCII are letters, so that no word is found within another. */
export const OTHER = 0;
export const WORD = 1;
export const ESCAPE = 2;
export const DOUBLE_QUOTE = 3;

export const KINDS = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) if (byte >= 0x80 || /\w/.test(String.fromCharCode(byte))) KINDS[byte] = WORD;
KINDS[0x1b] = ESCAPE;
KINDS[0x22] = DOUBLE_QUOTE;

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
