import { nameOfContainer } from "../../inventory/container-choice.ts";
import type { Container } from "../../inventory/inventory.ts";

/** What the pump needs to know of a container. */
export interface LogSource {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly tty: boolean;
  readonly driver: string | undefined;
  /** The driver removes old lines by itself, also those that nobody has read. */
  readonly isRotating: boolean;
  /** At which size it leaves a file, if it keeps them as they are. */
  readonly rotatesAtBytes?: number | undefined;
  /** How many files it keeps, the one that it writes among them. */
  readonly keptFiles?: number | undefined;
  /** Whatever becomes of it then. */
  readonly fileBytes?: number | undefined;
  readonly isRunning: boolean;
  /** It has been started once, so that there may be lines. */
  readonly hasRun: boolean;
  /** It was started for the first time a moment ago. */
  readonly isNew?: boolean;
  /** Changes whenever there may be lines that were not there, or a new name for the files. */
  readonly version: string;
}

export function logSource({ summary, inspect }: Container): LogSource {
  const { State, Config, HostConfig } = inspect;
  const name = nameOfContainer(summary);
  const driver = HostConfig?.LogConfig?.Type;
  const logOptions = HostConfig?.LogConfig?.Config ?? {};
  const startedAt = State?.StartedAt ?? "";
  return {
    id: summary.Id,
    name,
    image: Config?.Image ?? summary.Image ?? "",
    labels: summary.Labels ?? {},
    tty: Config?.Tty === true,
    driver,
    isRotating: logOptions["max-size"] !== undefined,
    // Without it the driver keeps the one that it writes.
    keptFiles: Number(logOptions["max-file"] ?? 1) || 1,
    rotatesAtBytes: driver === "json-file" && !isCompressed(logOptions) ? bytesOf(logOptions["max-size"]) : undefined,
    fileBytes: bytesOf(logOptions["max-size"]),
    isRunning: State?.Running === true,
    // Go's zero time: never.
    hasRun: startedAt !== "" && !startedAt.startsWith("0001-"),
    version: [name, startedAt, State?.FinishedAt].join(" "),
  };
}

/** They would be unpacked for each reading. */
function isCompressed({ compress = "" }: Readonly<Record<string, string>>): boolean {
  return /^(1|t|true)$/i.test(compress);
}

function bytesOf(size = ""): number | undefined {
  const [, number, unit = ""] = /^([\d.]+) ?([kmgtp]?)(?:i?b)?$/i.exec(size) ?? [];
  // units.FromHumanSize (docker/go-units 0.5.0): decimal.
  const bytes = Number(number) * 1000 ** UNITS.indexOf(unit.toLowerCase());
  return bytes > 0 ? bytes : undefined;
}

const UNITS = ["", "k", "m", "g", "t", "p"];
