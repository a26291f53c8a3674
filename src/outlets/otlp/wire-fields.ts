/** A field of a protobuf message; `bytes` of a nested message or text, `number` of a varint. */
export interface WireField {
  readonly field: number;
  readonly bytes: Uint8Array;
  readonly number: number;
}

const NONE = new Uint8Array(0);
const [VARINT, FIXED64, DELIMITED, FIXED32] = [0, 1, 2, 5] as const;

/** The fields of a short message that a receiver answered with. Throws on what is no protobuf. */
export function* wireFields(message: Uint8Array): Generator<WireField> {
  let at = 0;
  function varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = message[at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Error("a number is cut off");
  }
  function take(length: number): Uint8Array {
    if (at + length > message.length) throw new Error("a field is cut off");
    at += length;
    return message.subarray(at - length, at);
  }
  while (at < message.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (field === 0) throw new Error("a field has the number 0");
    if (wireType === VARINT) yield { field, bytes: NONE, number: varint() };
    else if (wireType === DELIMITED) yield { field, bytes: take(varint()), number: 0 };
    else if (wireType === FIXED64) take(8);
    else if (wireType === FIXED32) take(4);
    else throw new Error(`wire type ${wireType} is not known`);
  }
}

export function wireText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
