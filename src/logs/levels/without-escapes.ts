/**
 * Writes the first `end` bytes of `line` to `plain` without ANSI's escape sequences (ECMA-48: CSI … final byte; ECMA-35:
 * intermediate bytes, final byte) and returns how many bytes are left.
 */
export function withoutEscapes(line: Buffer, end: number, plain: Buffer): number {
  let written = 0;
  for (let i = 0; i < end; i++) {
    const byte = line[i] as number;
    if (byte !== ESC) plain[written++] = byte;
    else if (line[i + 1] === OPEN_SQUARE) {
      i += 2;
      while (i < end && !isFinal(line[i] as number)) i++;
    } else {
      i++;
      while (i < end && isIntermediate(line[i] as number)) i++;
    }
  }
  return written;
}

const ESC = 0x1b;
const OPEN_SQUARE = 0x5b;

function isIntermediate(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x2f;
}

function isFinal(byte: number): boolean {
  return byte >= 0x40 && byte <= 0x7e;
}
