import { once } from "node:events";
import { join } from "node:path";
import { nanoTimeFromMs } from "../kit/nano-time.ts";
import { wait } from "../kit/wait.ts";
import { containersNamed, type KeptContainer, keptContainers, keptFiles } from "../logs/kept/kept-containers.ts";
import { createLastLines } from "../logs/kept/last-lines.ts";
import { createLineFilter } from "../logs/kept/line-filter.ts";
import { createLineText } from "../logs/kept/line-text.ts";
import { mergeLines } from "../logs/kept/merge-lines.ts";
import { readKept } from "../logs/kept/read-kept.ts";
import { isAtLeast } from "../logs/levels/level.ts";
import { createLevelReader } from "../logs/levels/level-reader.ts";
import type { LevelRules } from "../logs/levels/level-rules.ts";
import type { LogLine } from "../logs/log-line.ts";
import type { LogsShow, Moment } from "../settings/logs-line.ts";

const LOOK_EVERY_MS = 250;
/** A folder of a thousand containers takes longer to list than a file to look at. */
const LOOKS_A_LISTING = 8;

export async function showLogs(dir: string, show: LogsShow, rules: LevelRules): Promise<number> {
  const found = containersNamed(await keptContainers(dir), show.name);
  const newest = found.at(-1);
  if (newest === undefined) {
    return refused(`${dir} has no container ${show.name}; tallyman logs ls lists those that it has`, 1);
  }
  const timeless = (["since", "until", "stream"] as const).find((option) => show[option] !== undefined);
  if (timeless !== undefined && found.some(({ checkpoint }) => checkpoint?.format === "raw")) {
    return refused(`--${timeless} can't be answered: these lines are kept as raw, without time and stream`, 2);
  }
  const printer = createPrinter(show);
  const reading = createReading();
  const older = show.follow ? found.slice(0, -1) : found;
  const nowTime = nanoTimeFromMs(Date.now());
  const isWanted = filterOf(show, { rules, container: newest, nowTime });
  for await (const lines of mergeLines(older.map((container) => reading.of(container, async () => false)))) {
    await printer.add(lines.filter(isWanted));
  }
  if (show.follow) {
    const successors = createSuccessors(dir, show.name, found);
    for (let current: KeptContainer | undefined = newest; current !== undefined; ) {
      let next: KeptContainer | undefined;
      const more = async () => {
        if (next !== undefined) return false;
        await printer.flush();
        await wait(LOOK_EVERY_MS);
        next = await successors.look();
        // With one there, what the one before wrote last is looked for once more.
        return true;
      };
      for await (const lines of reading.of(current, more)) await printer.add(lines.filter(isWanted));
      current = next;
    }
  }
  await printer.flush();
  return reading.isWhole() ? 0 : 1;
}

/** Those that come later under the name, one after the other: a service is deployed anew, and whoever follows it goes on. */
function createSuccessors(dir: string, name: string, known: readonly KeptContainer[]) {
  const seen = new Set(known.map(identityOf));
  let looks = 0;
  return {
    async look(): Promise<KeptContainer | undefined> {
      if (++looks % LOOKS_A_LISTING !== 0) return undefined;
      const next = containersNamed(await keptContainers(dir), name).find((one) => !seen.has(identityOf(one)));
      if (next !== undefined) seen.add(identityOf(next));
      return next;
    },
  };
}

function identityOf({ folder, stem }: KeptContainer): string {
  return join(folder, stem);
}

function refused(what: string, exitCode: number): number {
  process.stderr.write(`tallyman: ${what}.\n`);
  return exitCode;
}

interface FilterParts {
  readonly rules: LevelRules;
  /** Whose rules count; those that share its name are its predecessors. */
  readonly container: KeptContainer;
  readonly nowTime: string;
}

function filterOf({ since, until, stream, level: least }: LogsShow, { rules, container, nowTime }: FilterParts) {
  const levelOf = createLevelReader(rules)({ name: container.name });
  return createLineFilter({
    ...(since && { since: timeOf(since) }),
    ...(until && { until: timeOf(until) }),
    ...(stream && { stream }),
    ...(least && { wants: ({ bytes, stream }: LogLine) => isAtLeast(levelOf(bytes, stream), least) }),
  });

  function timeOf(moment: Moment): string {
    return "time" in moment ? moment.time : nanoTimeFromMs(Math.max(0, Date.parse(nowTime) - moment.agoMs));
  }
}

function createReading() {
  let isWhole = true;
  return {
    isWhole: () => isWhole,
    of(container: KeptContainer, more: () => Promise<boolean>) {
      const onUnreadable = (path: string, error: unknown) => {
        isWhole = false;
        process.stderr.write(`tallyman: ${path}: ${error instanceof Error ? error.message : String(error)}\n`);
      };
      const list = () => keptFiles(container);
      return readKept({ format: container.checkpoint?.format, list, more, onUnreadable });
    },
  };
}

/** Prints lines as they come; with `tail` holds them back until they are asked for, and from then on no more. */
function createPrinter({ timestamps, tail }: LogsShow) {
  const textOf = createLineText({ timestamps });
  let held = tail === undefined ? undefined : createLastLines(tail);
  const print = async (lines: readonly LogLine[]) => {
    if (lines.length > 0 && !process.stdout.write(textOf(lines))) await once(process.stdout, "drain");
  };
  return {
    async add(lines: readonly LogLine[]) {
      if (held) held.add(lines);
      else await print(lines);
    },
    async flush() {
      const lines = held?.take() ?? [];
      held = undefined;
      await print(lines);
    },
  };
}
