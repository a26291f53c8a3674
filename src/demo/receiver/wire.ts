import { DecodeError } from "./export-request.ts";

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

const text = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a protobuf message field by field (https://protobuf.dev/programming-guides/encoding/). Strict, since tests hold
 * encoders against it: a field of another wire type than the schema's, of no known number, or cut off is an error.
 */
export class WireReader {
  #offset: number;
  readonly #end: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #field = 0;
  #wireType = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset = start;
    this.#end = end;
  }

  /** The number of the next field; 0 at the end. */
  next(): number {
    if (this.#offset === this.#end) return 0;
    const tag = this.#varint32();
    this.#field = tag >>> 3;
    this.#wireType = tag & 7;
    if (this.#field === 0) throw new DecodeError("Field number 0");
    return this.#field;
  }

  string(): string {
    const [start, end] = this.#range();
    try {
      return text.decode(this.#bytes.subarray(start, end));
    } catch (cause) {
      throw new DecodeError(`Field ${this.#field} is not UTF-8`, { cause });
    }
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(...this.#range());
  }

  message(): WireReader {
    return new WireReader(this.#bytes, ...this.#range());
  }

  double(): number {
    return this.#view.getFloat64(this.#skip(FIXED64, 8), true);
  }

  fixed64(): bigint {
    return this.#view.getBigUint64(this.#skip(FIXED64, 8), true);
  }

  signedFixed64(): bigint {
    return this.#view.getBigInt64(this.#skip(FIXED64, 8), true);
  }

  bool(): boolean {
    return this.int64() !== 0n;
  }

  uint32(): number {
    return Number(this.int64() & 0xffff_ffffn);
  }

  int64(): bigint {
    this.#expect(VARINT);
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new DecodeError(`Field ${this.#field}: a varint of more than ten bytes`);
  }

  /** For a field that the schema, or this decoder, does not know. */
  unexpected(message: string): never {
    throw new DecodeError(
      `${message} has a field ${this.#field} of wire type ${this.#wireType}, which is not known here`,
    );
  }

  #range(): [start: number, end: number] {
    this.#expect(LENGTH_DELIMITED);
    const length = this.#varint32();
    const start = this.#offset;
    this.#advance(length);
    return [start, start + length];
  }

  #skip(wireType: number, length: number): number {
    this.#expect(wireType);
    const start = this.#offset;
    this.#advance(length);
    return start;
  }

  #expect(wireType: number) {
    if (this.#wireType === wireType) return;
    throw new DecodeError(`Field ${this.#field} has wire type ${this.#wireType} instead of ${wireType}`);
  }

  #advance(length: number) {
    if (length > this.#end - this.#offset) throw new DecodeError(`Field ${this.#field} is cut off`);
    this.#offset += length;
  }

  #byte(): number {
    if (this.#offset === this.#end) throw new DecodeError("The message is cut off");
    return this.#bytes[this.#offset++] as number;
  }

  /** Tags and lengths. */
  #varint32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new DecodeError("A tag or a length of more than five bytes");
  }
}
