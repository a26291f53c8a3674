import { type LabelSet, partsOf } from "./label-set.ts";
import { ProtobufWriter, varintBytes } from "./protobuf-writer.ts";

/** A label set as the attribute fields of a NumberDataPoint: its base's bytes, shared, and those of its further labels. */
export interface EncodedLabels {
  readonly base: Uint8Array;
  readonly extra: Uint8Array;
  readonly bytes: number;
}

const POINT_ATTRIBUTE = 0x3a;
const [KEY, VALUE, STRING_VALUE] = [0x0a, 0x12, 0x0a] as const;
const NONE = new Uint8Array(0);

const cache = new WeakMap<LabelSet, EncodedLabels>();

/** Encoded once for as long as the label set lives. */
export function encodedLabels(labels: LabelSet): EncodedLabels {
  let encoded = cache.get(labels);
  if (encoded === undefined) {
    encoded = encode(labels);
    cache.set(labels, encoded);
  }
  return encoded;
}

/** `KeyValue` messages whose values are strings, each behind `tag`. */
export function keyValueFields(tag: number, entries: readonly (readonly [string, string])[]): Uint8Array {
  return Buffer.concat(entries.map(([name, value]) => keyValueField(tag, name, value)));
}

/** A string field, or nothing for an empty one: proto3's default. */
export function stringField(tag: number, text: string): Uint8Array {
  return text === "" ? NONE : bytesField(tag, Buffer.from(text));
}

function encode(labels: LabelSet): EncodedLabels {
  const parts = partsOf(labels);
  if (parts === undefined) {
    const base = inMemoryOfItsOwn(keyValueFields(POINT_ATTRIBUTE, Object.entries(labels)));
    return { base, extra: NONE, bytes: base.length };
  }
  const inner = encodedLabels(parts.base);
  const added = Object.entries(labels).filter(([name]) => !Object.hasOwn(parts.base, name));
  const extra = inMemoryOfItsOwn(Buffer.concat([inner.extra, keyValueFields(POINT_ATTRIBUTE, added)]));
  return { base: inner.base, extra, bytes: inner.base.length + extra.length };
}

/**
 * A small Buffer is a slice of a pool (64 KiB in Node 24.21), and keeps the whole of it: where containers come and go one
 * by one, each of them would hold a pool for as long as it lives.
 */
function inMemoryOfItsOwn(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function keyValueField(tag: number, name: string, value: string): Uint8Array {
  const key = bytesField(KEY, Buffer.from(name));
  const text = bytesField(VALUE, bytesField(STRING_VALUE, Buffer.from(value)));
  return bytesField(tag, Buffer.concat([key, text]));
}

function bytesField(tag: number, bytes: Uint8Array): Uint8Array {
  const writer = new ProtobufWriter(1 + varintBytes(bytes.length) + bytes.length);
  writer.head(tag, bytes.length);
  writer.raw(bytes);
  return writer.bytes;
}
