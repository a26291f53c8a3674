import { Readable } from "node:stream";
import { EngineError } from "../../../src/engine/engine.ts";
import type { Container, ContainerNews } from "../../../src/inventory/inventory.ts";
import type { ContainerFiles } from "../../../src/logs/files/container-files.ts";
import type { FollowEnd, OpenedEnd } from "../../../src/logs/follow/follow-end.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import type { Follow } from "../../../src/logs/pump/container-pump.ts";
import { createLogPump } from "../../../src/logs/pump/log-pump.ts";
import { recordingTelemetry } from "../../engine/recording-telemetry.ts";

const NONE = { names: [], images: [], labels: [] };

/** One call of follow, which goes on until the test ends it. */
export interface Following {
  readonly name: string;
  readonly position: unknown;
  /** Its log was asked for before. */
  readonly isOpen: boolean;
  readonly isNew: boolean | undefined;
  readonly takeEnd: () => OpenedEnd | undefined;
  lines(lines: readonly LogLine[]): Promise<void>;
  end(end: FollowEnd | { readonly kind: "thrown"; readonly error: unknown }): void;
  readonly signal: AbortSignal;
}

export interface StageOptions {
  /** Neither what is written nor the folder's closing ever ends. */
  readonly diskHangs?: boolean;
  /** Ends by itself when it is asked to, as a follower does. */
  readonly followsHang?: boolean;
  /** The engine gives no log, for so many requests. */
  readonly refusesLogs?: number;
  /** No files are there yet. */
  readonly holdsNothing?: boolean;
  /** Of one container alone nothing is ever told. */
  readonly inspectHangs?: boolean;
}

/** A pump between an inventory, an engine and a disk that the test plays. */
export function pumpStage(options: StageOptions = {}) {
  const { diskHangs, followsHang, inspectHangs, refusesLogs = 0, holdsNothing } = options;
  const telemetry = recordingTelemetry();
  const followings: Following[] = [];
  const written: string[] = [];
  const heard: string[] = [];
  const renames: string[] = [];
  const told: string[][] = [];
  const kept: string[][] = [];
  const opened: string[] = [];
  const endsOpened: string[] = [];
  const replies: Readable[] = [];
  const never = new Promise<void>(() => {});
  let containers: readonly Container[] = [];
  let listError: EngineError | undefined;
  let listedIds: ReadonlySet<string> | undefined;
  let lists = 0;
  let open = 0;
  let changed: (news?: ContainerNews) => void = () => {};
  let started: readonly Container[] = [];

  const follow: Follow = ({ source, opened, takeEnd = () => undefined, position, onLines, signal }) =>
    new Promise((resolve, reject) => {
      const end: Following["end"] = (end) => (end.kind === "thrown" ? reject(end.error) : resolve(end));
      const { name, isNew } = source;
      followings.push({ name, position, isOpen: opened !== undefined, isNew, takeEnd, lines: onLines, end, signal });
      if (!followsHang) signal.addEventListener("abort", () => end({ kind: "stopped" }));
    });

  function files(id: string): ContainerFiles {
    open++;
    return {
      position: holdsNothing
        ? undefined
        : { time: "2026-11-21T05:00:00.000000000Z", stream: "stdout", count: written.length, newest: {} },
      write: (lines) => {
        if (diskHangs) return never;
        written.push(...lines.map(({ bytes }) => `${id.slice(0, 2)} ${bytes}`));
        return Promise.resolve();
      },
      rename: async (name) => void renames.push(name),
      removed: async () => {},
      close: async () => void open--,
    };
  }

  const pump = createLogPump({
    inventory: {
      async containers() {
        lists++;
        if (listError) throw listError;
        return containers;
      },
      async container(id) {
        if (inspectHangs) return never as Promise<never>;
        if (listError) throw listError;
        return started.find(({ summary }) => summary.Id === id);
      },
      onChange(listener) {
        changed = listener;
        return () => {
          changed = () => {};
        };
      },
      get listedIds() {
        return listedIds;
      },
    },
    folder: {
      files: async ({ id }) => files(id),
      engineHas: async (ids) => void told.push([...ids]),
      close: () => (diskHangs ? never : Promise.resolve()),
    },
    follow,
    open: async (id) => {
      opened.push(id);
      if (opened.length <= refusesLogs) throw new EngineError("no", { kind: "not-found" });
      const body = new Readable({ read() {} });
      replies.push(body);
      return { body, contentType: undefined, isEndTold: true };
    },
    openEnd: async (id, tail) => {
      endsOpened.push(`${id.slice(0, 2)} ${tail}`);
      const body = new Readable({ read() {} });
      replies.push(body);
      return { body, contentType: undefined, isEndTold: true };
    },
    counts: {
      listen: (source) => (lines) => void heard.push(...lines.map(({ bytes }) => `${source.name} ${bytes}`)),
      keepOnly: (ids) => void kept.push([...ids]),
    },
    telemetry,
    options: { include: NONE, exclude: NONE, isOwn: () => false },
  });

  return {
    pump,
    telemetry,
    followings,
    written,
    heard,
    renames,
    /** Which ids the folder was told that the engine has. */
    told,
    kept,
    /** Whose log was asked for at once. */
    opened,
    /** Of whose log which part was asked for when it had ended. */
    endsOpened,
    /** What it was answered. */
    replies,
    lists: () => lists,
    open: () => open,
    /** The engine has these from now on, and says that something changed. */
    has(...now: readonly Container[]) {
      containers = now;
      listedIds = new Set(now.map(({ summary }) => summary.Id));
      changed();
    },
    /** One is made, or started, that no list shows: it is gone too soon. */
    news(kind: ContainerNews["kind"], one: Container) {
      started = [one];
      changed({ id: one.summary.Id, kind, summary: one.summary });
    },
    died(id: string) {
      changed({ id, kind: "died" });
    },
    /** The engine is at its start, which is all that it tells. */
    starting(id: string) {
      changed({ id, kind: "starting" });
    },
    /** From here on nothing can be had of any container alone. */
    isDeaf() {
      started = [];
    },
    fails(error: EngineError | undefined) {
      listError = error;
      changed();
    },
  };
}
