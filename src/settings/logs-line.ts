import { nanoTimeFromText } from "../kit/nano-time.ts";
import { nearest } from "./nearest.ts";
import { millisecondsFromText } from "./units.ts";

/** What `tallyman logs …` is asked for. */
export type LogsLine = LogsList | LogsShow;

export interface LogsList {
  readonly what: "ls";
  readonly json: boolean;
}

export interface LogsShow {
  readonly what: "show";
  readonly name: string;
  readonly since?: Moment;
  readonly until?: Moment;
  /** Lines of this level and worse. */
  readonly level?: LineLevel;
  readonly stream?: LineStream;
  readonly tail?: number;
  readonly timestamps: boolean;
  readonly follow: boolean;
}

/** So long ago, or then (with nine digits of a second). */
export type Moment = { readonly agoMs: number } | { readonly time: string };

export const LINE_LEVELS = ["trace", "debug", "info", "warning", "error", "critical"] as const;
export type LineLevel = (typeof LINE_LEVELS)[number];
export type LineStream = (typeof STREAMS)[number];

export const LOGS_OPTIONS = {
  since: { type: "string" },
  until: { type: "string" },
  level: { type: "string" },
  stream: { type: "string" },
  tail: { type: "string", short: "n" },
  timestamps: { type: "boolean", short: "t" },
  follow: { type: "boolean", short: "f" },
  json: { type: "boolean" },
} as const;

/** `words` are what follows `logs`; what is wrong comes back as a text. */
export function readLogsLine(words: readonly string[], given: Readonly<Record<string, unknown>>): LogsLine | string {
  const [what = "ls", name, ...more] = words;
  const options = Object.keys(given).filter((option) => Object.hasOwn(LOGS_OPTIONS, option));
  if (what === "ls") {
    if (name !== undefined) return `logs ls takes no name, got ${name}`;
    const other = options.find((option) => option !== "json");
    return other === undefined ? { what, json: given.json === true } : `--${other} is of logs show`;
  }
  if (what !== "show") {
    const meant = nearest(what, ["ls", "show"]);
    return `there is no command logs ${what}${meant === undefined ? "" : `; did you mean logs ${meant}?`}`;
  }
  if (name === undefined || name === "") return "logs show needs the name of a container; tallyman logs ls lists them";
  if (more.length > 0) return `one container at a time, got ${[name, ...more].join(" and ")}`;
  if (options.includes("json")) return "--json is of logs ls";
  return readShow(name, given);
}

function readShow(name: string, given: Readonly<Record<string, unknown>>): LogsShow | string {
  const show: { -readonly [Field in keyof LogsShow]: LogsShow[Field] } = {
    what: "show",
    name,
    timestamps: given.timestamps === true,
    follow: given.follow === true,
  };
  for (const option of ["since", "until"] as const) {
    if (given[option] === undefined) continue;
    const moment = momentFrom(String(given[option]));
    if (moment === undefined) return `--${option} needs a duration or a time, such as 10m or 2026-11-21T05:00:00Z`;
    show[option] = moment;
  }
  if (given.level !== undefined) {
    const level = LINE_LEVELS.find((one) => one === given.level);
    if (level === undefined) return `--level needs one of ${LINE_LEVELS.join(", ")}`;
    show.level = level;
  }
  if (given.stream !== undefined) {
    const stream = STREAMS.find((one) => one === given.stream);
    if (stream === undefined) return `--stream needs one of ${STREAMS.join(", ")}`;
    show.stream = stream;
  }
  if (given.tail !== undefined) {
    if (!/^\d{1,7}$/.test(String(given.tail))) return "--tail needs a whole number up to 9999999";
    show.tail = Number(given.tail);
  }
  if (show.follow && show.until !== undefined) return "--follow and --until contradict each other";
  return show;
}

function momentFrom(text: string): Moment | undefined {
  const time = nanoTimeFromText(text);
  if (time !== undefined) return { time };
  // A bare number is milliseconds in a setting, and would be seconds to who knows `docker logs`: neither is guessed.
  const agoMs = /^\d+$/.test(text) ? undefined : millisecondsFromText(text);
  return agoMs === undefined ? undefined : { agoMs };
}

const STREAMS = ["stdout", "stderr"] as const;
