// What the server tells the page: types alone, which the browser's half imports too.

import type { ContainerHistory } from "./history.ts";

/** One container as the page shows it. What is not known is absent. */
export interface PageContainer {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** running, paused, exited …; "restarting" while it waits for its next start. */
  readonly status: string;
  readonly health?: string | undefined;
  readonly restarts?: number | undefined;
  readonly exitCode?: number | undefined;
  readonly startedAtSeconds?: number | undefined;
  /** Cores in use. */
  readonly cpuCores?: number | undefined;
  /** Absent without a quota. */
  readonly cpuLimitCores?: number | undefined;
  /** The working set, as cAdvisor has it. */
  readonly memoryBytes?: number | undefined;
  /** Absent without a limit. */
  readonly memoryLimitBytes?: number | undefined;
  /** A second. */
  readonly receiveBytes?: number | undefined;
  readonly transmitBytes?: number | undefined;
  readonly readBytes?: number | undefined;
  readonly writeBytes?: number | undefined;
  readonly tasks?: number | undefined;
  /** Lines by level, of the levels that had any. */
  readonly logLines?: Readonly<Record<string, number>> | undefined;
}

/** Whether a part of the agent works, in words. */
export interface PagePart {
  /** "engine", "sweep", or an outlet's name. */
  readonly name: string;
  readonly state: "ok" | "failing" | "waiting" | "off";
  /** A short sentence: what it is and does. */
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly lastSuccessMs?: number | undefined;
  readonly lastError?: { readonly atMs: number; readonly text: string } | undefined;
}

export interface PageState {
  readonly version: string;
  readonly startedAtMs: number;
  /** The sweep's time; absent before the first. */
  readonly atMs?: number | undefined;
  readonly parts: readonly PagePart[];
  /** Containers without charts, since they are more than are kept. */
  readonly withoutHistory: number;
}

/** A message of the stream: "all" first and after a gap, then what changed. */
export interface PageMessage {
  readonly kind: "all" | "change";
  readonly state: PageState;
  readonly containers: readonly PageContainer[];
  /** Ids of the containers that are gone. */
  readonly gone: readonly string[];
}

/** By container; one that has no history is left out. */
export type PageHistory = Readonly<Record<string, ContainerHistory>>;
