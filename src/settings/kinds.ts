import * as z from "zod/mini";
import { bytesFromText, durationText, millisecondsFromText, sizeText } from "./units.ts";

/** How a setting's value is written: what a variable's text is split by, and what the documentation calls it. */
export type KindName = "text" | "flag" | "number" | "duration" | "size" | "choice" | "list" | "record" | "objects";

/** A kind of value with the words that say what is expected of it. */
export interface Kind<Schema extends z.ZodMiniType> {
  readonly name: KindName;
  readonly expected: string;
  /** What is expected of one item of a list, or one value of a record. */
  readonly itemExpected?: string;
  /** What is expected of one name of a record. */
  readonly nameExpected?: string;
  /** What each of several objects may have: settings of their own. */
  readonly fields?: z.ZodMiniObject;
  readonly schema: Schema;
}

export function text({ expected = "a text", pattern = /\S/ }: { expected?: string; pattern?: RegExp } = {}) {
  return { name: "text", expected, schema: z.string().check(z.regex(pattern)) } satisfies Kind<z.ZodMiniType>;
}

/** Not the contents of one. */
export function filePath({ expected }: { expected: string }) {
  return text({ expected, pattern: /^(?!\s*-----BEGIN)[^\r\n\0]*[^\s\0][^\r\n\0]*$/ });
}

export function flag() {
  return { name: "flag", expected: "true or false", schema: z.boolean() } satisfies Kind<z.ZodMiniType>;
}

export function integer({ min, max }: { min: number; max: number }) {
  const schema = z.int().check(z.minimum(min), z.maximum(max));
  return { name: "number", expected: `a whole number from ${min} to ${max}`, schema } satisfies Kind<z.ZodMiniType>;
}

export function integerOr<const Word extends string>(word: Word, { min, max }: { min: number; max: number }) {
  const number = integer({ min, max });
  const schema = z.union([z.literal(word), number.schema]);
  return { name: "number", expected: `"${word}" or ${number.expected}`, schema } satisfies Kind<z.ZodMiniType>;
}

export function choice<const Values extends readonly [string, ...string[]]>(...values: Values) {
  const expected = `one of ${values.map((value) => `"${value}"`).join(", ")}`;
  return { name: "choice", expected, schema: z.enum(values) } satisfies Kind<z.ZodMiniType>;
}

/** Read as milliseconds. */
export function duration({ minMs, maxMs }: { minMs: number; maxMs: number }) {
  return {
    name: "duration",
    expected: `a duration from ${durationText(minMs)} to ${durationText(maxMs)}, such as "15s", "500ms" or 15000 (milliseconds)`,
    schema: amount({ min: minMs, max: maxMs, pattern: /^\d+(\.\d+)? ?(ms|s|m|h|d)?$/, read: millisecondsFromText }),
  } satisfies Kind<z.ZodMiniType>;
}

/** Read as bytes. */
export function size({ minBytes, maxBytes }: { minBytes: number; maxBytes: number }) {
  const pattern = /^\d+(\.\d+)? ?(B|[kK]B|MB|GB|KiB|MiB|GiB)?$/;
  return {
    name: "size",
    expected: `a size from ${sizeText(minBytes)} to ${sizeText(maxBytes)}, such as "3MiB", "500kB" or 65536 (bytes)`,
    schema: amount({ min: minBytes, max: maxBytes, pattern, read: bytesFromText }),
  } satisfies Kind<z.ZodMiniType>;
}

export function list({ of, pattern = /\S/, example }: { of: string; pattern?: RegExp; example: string }) {
  return {
    name: "list",
    expected: `a list, each item ${of}, such as ["${example}"]`,
    itemExpected: of,
    schema: z.array(z.string().check(z.regex(pattern))),
  } satisfies Kind<z.ZodMiniType>;
}

/** Several of these, at least one. */
export function choices<const Values extends readonly [string, ...string[]]>(...values: Values) {
  const one = choice(...values);
  return {
    name: "list",
    expected: `a list, each item ${one.expected}, such as ["${values[0]}"]`,
    itemExpected: one.expected,
    schema: z.array(one.schema).check(z.minLength(1)),
  } satisfies Kind<z.ZodMiniType>;
}

export function record({ of, names, example }: { of: string; names: RegExp; example: Record<string, string> }) {
  return {
    name: "record",
    expected: `an object, each name ${of}, such as ${JSON.stringify(example)}`,
    itemExpected: "a text in one line",
    nameExpected: of,
    schema: z.record(z.string().check(z.regex(names)), z.string().check(z.regex(/^[^\r\n\0]*$/))),
  } satisfies Kind<z.ZodMiniType>;
}

/** Objects by name, each with settings of its own; a variable holds them as JSON5. */
export function objects<Shape extends z.core.$ZodLooseShape>(about: {
  of: string;
  names: RegExp;
  fields: z.ZodMiniObject<Shape, z.core.$strict>;
}) {
  return {
    name: "objects",
    expected: `an object, each name ${about.of}, each value an object`,
    itemExpected: `an object with ${Object.keys(about.fields.shape).join(", ")}`,
    nameExpected: about.of,
    fields: about.fields as z.ZodMiniObject,
    schema: z.record(z.string().check(z.regex(about.names)), about.fields),
  } satisfies Kind<z.ZodMiniType>;
}

interface Amount {
  readonly min: number;
  readonly max: number;
  readonly pattern: RegExp;
  readonly read: (text: string) => number | undefined;
}

function amount({ min, max, pattern, read }: Amount) {
  const written = z.union([z.int().check(z.minimum(min), z.maximum(max)), z.string().check(z.regex(pattern))]);
  return z.pipe(
    written,
    z.transform((value, context) => {
      const number = typeof value === "number" ? value : read(value);
      if (number !== undefined && number >= min && number <= max) return number;
      context.issues.push({ code: "custom", message: "out of range", input: value });
      return z.NEVER;
    }),
  );
}
