import { join } from "node:path";

/** Where the files of one container are. */
export interface FileNames {
  readonly folder: string;
  readonly current: string;
  readonly checkpoint: string;
  /** How much of them was sent over OTLP. */
  readonly shipped: string;
  rotated(sequence: number): string;
}

/** With the longest ending, "-<id12>.log.000001.gz.tmp", still below the 255 bytes of a file name. */
const MAX_NAME_BYTES = 200;
const ID_DIGITS = 12;
const SEQUENCE_DIGITS = 6;

export function fileNames(folder: string, stem: string): FileNames {
  return new NamesOfFiles(folder, stem);
}

/** Made when they are asked for: of thousands of containers they would be a kilobyte each. */
class NamesOfFiles implements FileNames {
  readonly folder: string;
  readonly #stem: string;

  constructor(folder: string, stem: string) {
    this.folder = folder;
    this.#stem = stem;
  }

  get current(): string {
    return join(this.folder, `${this.#stem}.log`);
  }

  get checkpoint(): string {
    return join(this.folder, `${this.#stem}.checkpoint`);
  }

  get shipped(): string {
    return join(this.folder, `${this.#stem}.shipped`);
  }

  rotated(sequence: number): string {
    return `${this.current}.${String(sequence).padStart(SEQUENCE_DIGITS, "0")}`;
  }
}

/** The first name that a container has here decides. */
export function containerNames(dir: string, name: string, id: string): FileNames {
  return fileNames(join(dir, safeName(name)), fileStem(name, id));
}

function fileStem(name: string, id: string): string {
  return `${safeName(name)}-${shortId(id)}`;
}

/** dockerd's names are such already (moby 28, daemon/names), but a name decides about paths: nothing of it is believed. */
export function safeName(name: string): string {
  const safe = name
    .replace(/^\//, "")
    .replace(/[^a-zA-Z0-9_.-]/g, "_")
    .slice(0, MAX_NAME_BYTES);
  return /^[a-zA-Z0-9]/.test(safe) ? safe : `x${safe}`.slice(0, MAX_NAME_BYTES);
}

export function shortId(id: string): string {
  if (!/^[0-9a-f]{12,64}$/.test(id))
    throw new Error(`A container's id has 12 to 64 hexadecimal digits, unlike "${id}"`);
  return id.slice(0, ID_DIGITS);
}

export interface FileNameParts {
  readonly stem: string;
  readonly shortId: string;
  readonly kind: "current" | "rotated" | "compressed" | "checkpoint" | "unfinished";
  readonly sequence: number;
}

/** Undefined: no file of ours. */
export function parseFileName(file: string): FileNameParts | undefined {
  const match = /^([a-zA-Z0-9][a-zA-Z0-9_.-]*-([0-9a-f]{12}))\.(log|checkpoint)(?:\.(\d{6,}))?(\.gz)?(\.tmp)?$/.exec(
    file,
  );
  if (!match) return undefined;
  const [, stem = "", shortId = "", ending, sequence, gz, unfinished] = match;
  const parts = { stem, shortId, sequence: Number(sequence ?? 0) };
  if (unfinished) return { ...parts, kind: "unfinished" };
  if (ending === "checkpoint") return sequence || gz ? undefined : { ...parts, kind: "checkpoint" };
  if (sequence) return { ...parts, kind: gz ? "compressed" : "rotated" };
  return gz ? undefined : { ...parts, kind: "current" };
}
