import JSON5 from "json5";
import type { KindName } from "../kinds.ts";

const FLAG_WORDS: Record<string, boolean> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
};

/** A variable's text as the value that a file would hold. A text that can't be one comes back as it is, to be refused. */
export function valueFromText(kind: KindName, given: string): unknown {
  const text = given.trim();
  switch (kind) {
    case "flag":
      return Object.hasOwn(FLAG_WORDS, text.toLowerCase()) ? FLAG_WORDS[text.toLowerCase()] : text;
    case "number":
    case "duration":
    case "size":
      return /^\d+$/.test(text) ? Number(text) : text;
    case "list":
      return listFromText(text);
    case "record":
      return recordFromText(text) ?? text;
    case "objects":
      return objectsFromText(text);
    default:
      return text;
  }
}

/** Comma-separated, spaces trimmed; a comma within the braces of a glob separates nothing. */
export function listFromText(text: string): string[] {
  return text
    .split(/,(?![^{}]*\})/)
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/**
 * `a=b,c=d`, values percent-decoded: the form of OpenTelemetry's header and attribute variables (OTLP exporter
 * specification 1.50: W3C Baggage without its properties, so a `;` belongs to the value). Nothing when it is malformed.
 */
export function recordFromText(text: string): Record<string, string> | undefined {
  const record: [string, string][] = [];
  for (const pair of text.split(",").filter((part) => part.trim() !== "")) {
    const equals = pair.indexOf("=");
    const name = pair.slice(0, equals).trim();
    if (equals === -1 || name === "") return undefined;
    try {
      record.push([decodeURIComponent(name), decodeURIComponent(pair.slice(equals + 1).trim())]);
    } catch {
      return undefined;
    }
  }
  return Object.fromEntries(record);
}

function objectsFromText(text: string): unknown {
  try {
    return JSON5.parse(text);
  } catch {
    return text;
  }
}
