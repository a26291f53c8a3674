/** Of the line itself, without its newline. */
export const lineBytes = 100;

const TIME = "2026-11-21T05:00:00.000000000Z ";
const FRAME_BYTES = 8 + TIME.length + lineBytes + 1;
const CHUNK_HEAD = `${FRAME_BYTES.toString(16)}\r\n`;

/** Of an entry with its frame, as one chunk of HTTP. */
export const chunkBytes = CHUNK_HEAD.length + FRAME_BYTES + 2;

/** What a container prints: plain texts, logfmt and JSON, of which some tell a level. All are 100 bytes long. */
export const texts = [
  "the quick brown fox jumps over the lazy dog",
  'time="2026-11-21T05:00:00Z" level=info msg="request completed" path=/api/items status=200 ms=12',
  '{"level":"warn","time":1795237200123,"pid":1,"msg":"slow query"}',
  "2026-11-21 05:00:00,123 ERROR [worker-3] com.example.Orders - could not reach the warehouse",
].map((text) => text.padEnd(lineBytes, "."));

/** Lines of stdout and, one in ten, of stderr, a microsecond apart. */
export function preparedLog(lines: number): Buffer {
  const body = Buffer.allocUnsafe(lines * chunkBytes);
  for (let i = 0; i < lines; i++) {
    const time = TIME.replace("00.000000000", secondsOf(i));
    const at = i * chunkBytes;
    body.write(CHUNK_HEAD, at, "latin1");
    const frame = at + CHUNK_HEAD.length;
    body.writeUInt32BE((i % 10 === 9 ? 2 : 1) << 24, frame);
    body.writeUInt32BE(FRAME_BYTES - 8, frame + 4);
    body.write(`${time}${texts[i % texts.length]}\n\r\n`, frame + 8, "latin1");
  }
  return body;
}

/** A million lines a second: no log of this bench lasts a minute. */
function secondsOf(line: number): string {
  return (line / 1e6).toFixed(6).padStart(9, "0").padEnd(12, "0");
}
