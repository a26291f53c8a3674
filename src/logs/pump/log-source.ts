import { nameOfContainer } from "../../inventory/container-choice.ts";
import type { Container } from "../../inventory/inventory.ts";
import type { LogRotation } from "../follow/log-rotation.ts";

/** What the pump needs to know of a container. */
export interface LogSource {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly tty: boolean;
  readonly driver: string | undefined;
  /** If its driver removes old lines by itself. */
  readonly rotation?: LogRotation | undefined;
  /** The engine removes it, and its log, when it ends; absent while that is not known. */
  readonly isAutoRemoved?: boolean | undefined;
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
  const startedAt = State?.StartedAt ?? "";
  return {
    id: summary.Id,
    name,
    image: Config?.Image ?? summary.Image ?? "",
    labels: summary.Labels ?? {},
    tty: Config?.Tty === true,
    driver,
    rotation: rotationOf(driver, HostConfig?.LogConfig?.Config ?? {}),
    isAutoRemoved: HostConfig?.AutoRemove,
    isRunning: State?.Running === true,
    // Go's zero time: never.
    hasRun: startedAt !== "" && !startedAt.startsWith("0001-"),
    version: [name, startedAt, State?.FinishedAt].join(" "),
  };
}

function rotationOf(driver: string | undefined, options: Readonly<Record<string, string>>): LogRotation | undefined {
  const { "max-size": size, "max-file": files } = options;
  if (size === undefined) return undefined;
  return {
    fileBytes: bytesOf(size),
    // Without it the driver keeps the one that it writes.
    keptFiles: Number(files ?? 1) || 1,
    // Compressed they would be unpacked for each reading, and of `local` a follow loses nothing.
    isOpenedAhead: driver === "json-file" && !isCompressed(options),
  };
}

function isCompressed({ compress = "" }: Readonly<Record<string, string>>): boolean {
  return /^(1|t|true)$/i.test(compress);
}

function bytesOf(size: string): number | undefined {
  const [, number, unit = ""] = /^([\d.]+) ?([kmgtp]?)(?:i?b)?$/i.exec(size) ?? [];
  // units.FromHumanSize (docker/go-units 0.5.0): decimal.
  const bytes = Number(number) * 1000 ** UNITS.indexOf(unit.toLowerCase());
  return bytes > 0 ? bytes : undefined;
}

const UNITS = ["", "k", "m", "g", "t", "p"];
