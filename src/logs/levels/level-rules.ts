import type { LogStream } from "../log-line.ts";
import type { Level } from "./level.ts";
import type { TextTest } from "./patterns.ts";

/** Whose lines they are, as far as it is known. */
export interface LevelContainer {
  readonly name: string;
  /** As the user typed it. */
  readonly image?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** What a user says of levels, beside what lines tell by their form. The first rule that chooses a container is its. */
export interface LevelRules {
  readonly rules: readonly LevelRule[];
}

export interface LevelRule {
  chooses(container: LevelContainer): boolean;
  /** The first that fits a line gives its level. */
  readonly levels: readonly { readonly level: Level; readonly fits: TextTest }[];
  /** Whether a line that no word fits is read by its form. */
  readonly readsForms: boolean;
  /** Lines that are not as bad as they look: those of level `from` and worse that it fits are info. */
  readonly ignore?: { readonly from: Level; readonly fits: TextTest };
  /** Of a line that tells none. */
  readonly defaults: Readonly<Record<LogStream, Level>>;
}
