import type { HrTime } from "@opentelemetry/api";

/** Writes protobuf into a buffer of exactly the size that its caller worked out. */
export class ProtobufWriter {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(byteLength: number) {
    this.bytes = new Uint8Array(byteLength);
    this.#view = new DataView(this.bytes.buffer);
  }

  varint(value: number) {
    let rest = value;
    while (rest > 0x7f) {
      this.bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.#at++] = rest;
  }

  /** Tag and length of a nested message or string. */
  head(tag: number, byteLength: number) {
    this.bytes[this.#at++] = tag;
    this.varint(byteLength);
  }

  raw(bytes: Uint8Array) {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  double(tag: number, value: number) {
    this.bytes[this.#at] = tag;
    this.#view.setFloat64(this.#at + 1, value, true);
    this.#at += 9;
  }

  /** An element of a packed field of doubles. */
  bareDouble(value: number) {
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** An element of a packed field of fixed64. */
  bareFixed64(value: number) {
    this.#view.setUint32(this.#at, value % 0x1_0000_0000, true);
    this.#view.setUint32(this.#at + 4, Math.floor(value / 0x1_0000_0000), true);
    this.#at += 8;
  }

  /** [seconds, nanoseconds] as fixed64 nanoseconds, in halves: the whole passes 2^53, and BigInt allocates. */
  time(tag: number, [seconds, nanoseconds]: HrTime) {
    const upperNanos = Math.floor(seconds / 0x10000) * 1e9;
    const low = (upperNanos % 0x10000) * 0x10000 + (seconds % 0x10000) * 1e9 + nanoseconds;
    this.bytes[this.#at] = tag;
    this.#view.setUint32(this.#at + 1, low % 0x1_0000_0000, true);
    this.#view.setUint32(this.#at + 5, Math.floor(upperNanos / 0x10000) + Math.floor(low / 0x1_0000_0000), true);
    this.#at += 9;
  }
}

/** What a nested message of so many bytes takes with its tag (all of ours are one byte) and length. */
export function fieldBytes(bytes: number): number {
  return 1 + varintBytes(bytes) + bytes;
}

export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}
