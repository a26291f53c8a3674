import { resolve } from "node:path";
import { createBackoff } from "../kit/backoff.ts";
import { wait } from "../kit/wait.ts";
import { type LogFolder, openLogFolder } from "../logs/files/log-folder.ts";
import type { LevelCounts } from "../logs/levels/level-counts.ts";
import { createLevelReader, type LineLevel } from "../logs/levels/level-reader.ts";
import type { LevelContainer } from "../logs/levels/level-rules.ts";
import type { LineListener } from "../logs/pump/container-pump.ts";
import { followSource, openEndOfLog, openNewLog } from "../logs/pump/follow-source.ts";
import { createLogPump, type LogPump } from "../logs/pump/log-pump.ts";
import type { LogShipper } from "../logs/shipping/log-shipper.ts";
import type { Settings } from "../settings/schema.ts";
import { logFolderRefused, logFolderStayedRefused, logPumpStarted } from "../telemetry/events/log-pump.ts";
import { createStanding } from "../telemetry/standing.ts";
import type { Agent } from "./agent.ts";
import { createOwnTest } from "./own-container.ts";
import { shippingLogs } from "./shipping-logs.ts";
import type { NamedOutlet } from "./watch-vitals.ts";

export interface Pumping extends LogPump {
  /** Has its folder. */
  readonly isPumping: boolean;
  /** The folder, and what is sent of it, as the page and health know them. */
  readonly outlets: readonly NamedOutlet[];
}

/** The log pump on the agent's inventory. A folder that can't be had is waited for; metrics go on meanwhile. */
export function pumping(
  agent: Agent,
  settings: Settings,
  counts: LevelCounts,
  levelsOf: (container: LevelContainer) => LineLevel = createLevelReader(),
): Pumping {
  const { telemetry } = agent;
  const dir = resolve(settings.logs.dir);
  const shipper = settings.logs.otlp.enabled ? shippingLogs(agent, settings, { dir, levelsOf }) : undefined;
  const stopping = new AbortController();
  const opening = createStanding();
  let folder: LogFolder | undefined;
  let pump: LogPump | undefined;
  let starting: Promise<void> | undefined;

  async function openAndStart() {
    folder = await openPatiently();
    if (folder === undefined) return;
    if (stopping.signal.aborted) return folder.close();
    opening.succeeded();
    logPumpStarted(telemetry, { dir, format: settings.logs.format });
    shipper?.start();
    pump = createLogPump({
      inventory: agent.inventory,
      folder: shipper ? closedAfter(shipper, folder) : folder,
      follow: followSource({ engine: agent.engine, telemetry, maxLineBytes: settings.logs.maxLineSize }),
      open: openNewLog(agent.engine),
      openEnd: openEndOfLog(agent.engine),
      counts: shipper ? { ...counts, listen: (source) => both(counts.listen(source), shipper.listen(source)) } : counts,
      telemetry,
      options: { include: settings.logs.include, exclude: settings.logs.exclude, isOwn: createOwnTest() },
    });
    pump.start();
  }

  async function openPatiently(): Promise<LogFolder | undefined> {
    const backoff = createBackoff({ firstMs: 500, maxMs: 15_000 });
    let said: string | undefined;
    while (!stopping.signal.aborted) {
      try {
        return await openLogFolder({ ...folderOptions(agent, settings, dir), onRemove: shipper?.onRemove });
      } catch (failure) {
        const error = failure instanceof Error ? failure.message : String(failure);
        const about = { dir, error, retryInMs: backoff.next() };
        opening.failed(error);
        if (error === said) logFolderStayedRefused(telemetry, about);
        else logFolderRefused(telemetry, about);
        said = error;
        await wait(about.retryInMs, stopping.signal);
      }
    }
    return undefined;
  }

  const files = {
    text: `kept in ${dir}`,
    get standing() {
      return { ...opening.now, ...folder?.standing };
    },
  };
  return {
    outlets: [
      { name: "logs", outlet: files },
      ...(shipper === undefined ? [] : [{ name: "otlp-logs", outlet: shipper }]),
    ],
    get isPumping() {
      return pump !== undefined;
    },
    start() {
      starting = openAndStart();
    },
    async stop() {
      stopping.abort();
      await starting;
      await pump?.stop();
    },
  };
}

function both(one: LineListener, other: LineListener): LineListener {
  return (lines) => {
    one(lines);
    other(lines);
  };
}

/** The last lines are sent before another agent may have the folder. */
function closedAfter(shipper: LogShipper, folder: LogFolder): LogFolder {
  return {
    ...folder,
    async close() {
      await shipper.stop();
      await folder.close();
    },
  };
}

function folderOptions({ telemetry }: Agent, { logs }: Settings, dir: string) {
  return {
    dir,
    format: logs.format,
    maxFileBytes: logs.maxFileSize,
    maxFiles: logs.maxFiles,
    compress: logs.compress,
    maxTotalBytes: logs.maxTotalSize,
    keepRemovedMs: logs.keepRemoved,
    fileMode: Number.parseInt(logs.fileMode, 8),
    folderMode: Number.parseInt(logs.folderMode, 8),
    telemetry,
  };
}
