import { nearest } from "./nearest.ts";

const MAX_SHOWN = 60;
/** Names under which people keep what must not be shown, for keys and variables that are not ours. */
const TELLING_NAME = /token|secret|pass|credential|auth|header|api_?key|bearer/i;

/** What was given, short and without secrets. Objects and lists may hold anything, so they are only named. */
export function shown(value: unknown): string {
  if (typeof value === "string") {
    // A key or certificate where its file's path belongs.
    if (value.includes("-----BEGIN")) return "a text that is not shown";
    const text = withoutUserInfo(value);
    return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
  }
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

export function wrongValue(value: { path: string; origin: string; value: unknown; expected: string; secret: boolean }) {
  const got = value.secret ? "a value that is not shown" : shown(value.value);
  return `${value.path} (${value.origin}): got ${got}, expected ${value.expected}.`;
}

export function unknownName(unknown: {
  name: string;
  origin?: string;
  what: "setting" | "variable";
  value: unknown;
  candidates: Iterable<string>;
}): string {
  const where = unknown.origin === undefined ? "" : ` (${unknown.origin})`;
  const meant = nearest(unknown.name, unknown.candidates);
  const secret = TELLING_NAME.test(unknown.name) || (meant !== undefined && TELLING_NAME.test(meant));
  const got = secret ? "a value that is not shown" : shown(unknown.value);
  const remedy = meant === undefined ? "docs/settings.md lists all of them." : `Did you mean ${meant}?`;
  return `${shownName(unknown.name)}${where}: unknown ${unknown.what}, got ${got}. ${remedy}`;
}

/** A key of a file may be any text. */
export function shownName(name: string): string {
  return /^[\w.$-]{1,80}$/.test(name) ? name : shown(name);
}

/** An URL may carry a password before its host, or a key in its query. */
export function withoutUserInfo(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, "//***@").replace(/([?&][^=&#\s]+=)[^&#\s]+/g, "$1***");
}
