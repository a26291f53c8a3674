import { EngineError } from "./engine.ts";
import { isContainerReference } from "./reading-requests.ts";
import type { ContainerSummary, StatsReply } from "./replies.ts";

/** The reply as an object; anything else, an empty body and `null` among it, is malformed. */
export function parseObject<T extends object>(text: string, what: string): T {
  const value = parsed(text, what);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(what, text);
  return value as T;
}

/** Engine 20.10 answers 200 and nothing for a container that is removed while its numbers are read. */
export function parseStats(text: string, what: string): StatsReply {
  if (text === "") {
    throw new EngineError(`${what} was answered with nothing: the container is gone`, { kind: "not-found" });
  }
  return parseObject(text, what);
}

/**
 * The list, with the fields that we read. An entry that names no container, or a field of another type than the API's, is
 * left out: what the rest tells is still right. A list of nothing else is malformed.
 */
export function parseList(text: string, what: string): ContainerSummary[] {
  const value = parsed(text, what);
  if (!Array.isArray(value)) throw malformed(what, text);
  const summaries = value.map(summaryOf).filter((summary) => summary !== undefined);
  if (value.length > 0 && summaries.length === 0) throw malformed(what, text);
  return summaries;
}

const TEXTS = ["Image", "ImageID", "State", "Status"] as const;
const NUMBERS = ["Created", "SizeRw", "SizeRootFs"] as const;

function summaryOf(entry: unknown): ContainerSummary | undefined {
  if (typeof entry !== "object" || entry === null) return undefined;
  const { Id, Names, Labels, ...fields } = entry as Record<string, unknown>;
  if (!isContainerReference(Id)) return undefined;
  const summary: ContainerSummary = { Id };
  if (Array.isArray(Names)) summary.Names = Names.filter((name) => typeof name === "string");
  if (isTextRecord(Labels)) summary.Labels = Labels;
  for (const name of TEXTS) {
    const value = fields[name];
    if (typeof value === "string") summary[name] = value;
  }
  for (const name of NUMBERS) {
    const value = fields[name];
    if (typeof value === "number") summary[name] = value;
  }
  return summary;
}

function isTextRecord(value: unknown): value is Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === "string");
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(what, text, cause);
  }
}

function malformed(what: string, text: string, cause?: unknown): EngineError {
  const got = text === "" ? "nothing" : `${text.length} characters of something else`;
  return new EngineError(`${what} was answered with ${got} where JSON was due`, { kind: "malformed", cause });
}
