import type { Telemetry } from "../../telemetry/telemetry.ts";
import { shortId } from "../files/file-names.ts";
import { type KeptContainer, keptContainers } from "../kept/kept-containers.ts";
import type { Level } from "../levels/level.ts";
import type { LineLevel } from "../levels/level-reader.ts";
import type { LevelContainer } from "../levels/level-rules.ts";
import type { LogSource } from "../pump/log-source.ts";
import { containerAttributes } from "./container-attributes.ts";
import { type ContainerShipper, openContainerShipper } from "./container-shipper.ts";
import type { JoinRules } from "./join-lines.ts";
import type { JoinRoom } from "./join-room.ts";
import type { ReaderTurns } from "./reader-turns.ts";
import type { ShipJournal } from "./ship-journal.ts";

export interface ShippedContainersOptions {
  readonly dir: string;
  readonly fileMode: number;
  readonly minLevel: Level;
  readonly join?: JoinRules | undefined;
  /** Of the container's labels those that go with its records. */
  readonly choosesLabel: (name: string) => boolean;
  /** What runs the containers, once it is known. */
  readonly runtime: () => string | undefined;
}

interface ShippedContainersParts {
  readonly levelsOf: (container: LevelContainer) => LineLevel;
  readonly turns: ReaderTurns;
  readonly joinRoom: JoinRoom;
  readonly journal: ShipJournal;
  readonly telemetry: Telemetry;
}

/** Whose files the folder has, whether the engine still has the container or not. */
export interface ShippedContainers {
  readonly all: ReadonlyMap<string, ContainerShipper>;
  /** What the engine tells of one. */
  told(source: LogSource): void;
  /** Looks which there are: says which were found, which are gone, and whether it is to look again since it could not see all. */
  discover(): Promise<{ found: string[]; gone: string[]; isAll: boolean }>;
}

export function createShippedContainers(
  options: ShippedContainersOptions,
  { levelsOf, turns, joinRoom, journal, telemetry }: ShippedContainersParts,
): ShippedContainers {
  const all = new Map<string, ContainerShipper>();
  const sources = new Map<string, LogSource>();

  function opened(key: string, kept: KeptContainer): Promise<ContainerShipper> {
    const source = sources.get(key);
    const about = source ?? { id: kept.id, name: kept.name };
    return openContainerShipper({
      ...options,
      key,
      kept,
      levelOf: levelsOf(about),
      attributes: attributesOf(about),
      isKnown: source !== undefined,
      noted: journal.positionOf(key),
      turns,
      joinRoom,
      telemetry,
      nowMs: Date.now,
    });
  }

  function attributesOf(about: Pick<LogSource, "id" | "name"> & Partial<LogSource>) {
    return containerAttributes({ ...about, runtime: options.runtime(), choosesLabel: options.choosesLabel });
  }

  return {
    all,
    told(source) {
      const key = shortId(source.id);
      sources.set(key, source);
      all.get(key)?.describe({ levelOf: levelsOf(source), attributes: attributesOf(source) });
    },
    async discover() {
      const found: string[] = [];
      // The folder's own troubles are said where it is written to.
      const kept = await keptContainers(options.dir).catch(() => undefined);
      if (kept === undefined) return { found, gone: [], isAll: false };
      let isAll = true;
      for (const container of kept) {
        const key = shortId(container.id);
        if (all.has(key)) continue;
        try {
          all.set(key, await opened(key, container));
          found.push(key);
        } catch {
          isAll = false;
        }
      }
      const there = new Set(kept.map(({ id }) => shortId(id)));
      const gone = [...all.keys()].filter((key) => !there.has(key));
      for (const key of gone) {
        await all.get(key)?.close();
        all.delete(key);
        sources.delete(key);
      }
      return { found, gone, isAll };
    },
  };
}
