import winston from "winston";

export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The agent's own log: constant text, data in fields. */
export interface Log {
  error(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  debug(message: string, fields?: Record<string, unknown>): void;
}

export interface LogOptions {
  readonly level: LogLevel | "silent";
  readonly format: "text" | "json";
  /** Where lines go; standard error by default, so that standard output stays a program's result. */
  readonly stream?: NodeJS.WritableStream;
}

export function createLog({ level, format, stream = process.stderr }: LogOptions): Log {
  const { combine, timestamp, json, printf } = winston.format;
  return winston.createLogger({
    levels: winston.config.npm.levels,
    level: level === "silent" ? "error" : level,
    silent: level === "silent",
    format: combine(timestamp(), format === "json" ? json() : printf(textLine)),
    transports: [new winston.transports.Stream({ stream })],
  });
}

export const SILENT_LOG: Log = { error() {}, warn() {}, info() {}, debug() {} };

function textLine({ timestamp, level, message, ...fields }: Record<string, unknown>): string {
  const data = Object.entries(fields).map(([key, value]) => ` ${key}=${fieldText(value)}`);
  return `${timestamp} ${String(level).toUpperCase().padEnd(5)} ${message}${data.join("")}`;
}

function fieldText(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /[\s"=]/.test(text) && typeof value === "string" ? JSON.stringify(text) : text;
}
