import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { Compressor } from "./compressor.ts";
import type { Disk } from "./disk.ts";
import type { DiskTrouble } from "./disk-trouble.ts";
import type { FolderLock } from "./folder-lock.ts";
import type { Gate } from "./gate.ts";
import type { LogFormat } from "./line-formats.ts";
import type { OnRemove, Usage } from "./shelf.ts";
import type { TotalSize } from "./total-size.ts";

/** What all containers of a folder share. */
export interface FolderParts {
  readonly dir: string;
  readonly format: LogFormat;
  readonly maxFileBytes: number;
  readonly maxFiles: number;
  readonly compress: boolean;
  readonly fileMode: number;
  readonly folderMode: number;
  readonly telemetry: Telemetry;
  readonly disk: Disk;
  readonly onRemove?: OnRemove | undefined;
  readonly usage: Usage;
  readonly total: TotalSize;
  readonly gate: Gate;
  readonly lock: Pick<FolderLock, "hold">;
  /** To fill and write, as many as the gate lets work at once. */
  readonly buffers: Buffer[];
  readonly trouble: DiskTrouble;
  readonly compressor: Compressor;
  readonly now: () => number;
  /** Aborts when the folder is closed. */
  readonly signal: AbortSignal;
}
