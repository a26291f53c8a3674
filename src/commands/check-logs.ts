import { eachInPool } from "../kit/pool.ts";
import { createLogChoice } from "../logs/pump/log-choice.ts";
import { type LogSource, logSource } from "../logs/pump/log-source.ts";
import { checkEndpoint } from "../outlets/otlp/check-endpoint.ts";
import type { LoadedSettings } from "../settings/load.ts";
import type { Settings } from "../settings/schema.ts";
import type { Agent } from "./agent.ts";
import { checkLogFolder, checkLogSpace } from "./check-log-folder.ts";
import type { Finding } from "./finding.ts";
import { readLevelRules } from "./level-rules.ts";
import { createOwnTest } from "./own-container.ts";
import { logOutletOptions } from "./shipping-logs.ts";

/** The folder for logs, the rules of levels, where records are sent, and what the engine's log drivers give back. */
export async function checkLogs(loaded: LoadedSettings, agent: Agent): Promise<Finding[]> {
  const { logs } = loaded.settings;
  if (!logs.enabled) return [{ ok: true, message: "not kept: LOGS_DIR or logs.dir turns it on" }];
  const sources = await chosenSources(logs, agent).catch(() => undefined);
  return [
    ...levelFindings(loaded),
    await checkLogFolder(logs.dir),
    ...(await checkLogSpace(logs, sources?.length)),
    ...(await checkLogReceiver(loaded.settings, agent)),
    ...(sources === undefined ? [] : await checkDrivers(sources, agent)),
  ];
}

async function checkLogReceiver(settings: Settings, agent: Agent): Promise<Finding[]> {
  if (!settings.logs.otlp.enabled) return [];
  return [await checkEndpoint({ ...logOutletOptions(settings, agent), signal: "logs" }, agent.telemetry)];
}

function levelFindings(loaded: LoadedSettings): Finding[] {
  const path = loaded.settings.logs.levels;
  if (path === undefined) return [];
  const levels = readLevelRules(loaded);
  if ("problems" in levels) return levels.problems.map((message) => ({ ok: false, message }));
  return [{ ok: true, message: `${path}: the rules of levels are understood` }];
}

async function chosenSources({ include, exclude }: Settings["logs"], { inventory }: Agent): Promise<LogSource[]> {
  const chooses = createLogChoice({ include, exclude, isOwn: createOwnTest() });
  return (await inventory.containers()).filter(chooses).map(logSource);
}

/** Of these it is known; any other is asked for a line of nothing, since engines from 20.10 keep a copy for most of them. */
const READABLE = new Set(["json-file", "local", "journald", "k8s-file"]);
const NAMED = 5;

async function checkDrivers(sources: readonly LogSource[], { engine }: Agent): Promise<Finding[]> {
  const unreadable: LogSource[] = [];
  await eachInPool(sources, 8, async (source) => {
    if (READABLE.has(source.driver ?? "json-file")) return;
    const isReadable = await engine
      .containerLogs({ id: source.id, follow: false, tail: 0, signal: AbortSignal.timeout(10_000) })
      .then(({ body }) => body.destroy())
      .then(
        () => true,
        () => false,
      );
    if (!isReadable) unreadable.push(source);
  });
  const rotating = sources.filter(({ driver, rotation }) => rotation && driver !== "local");
  const findings: Finding[] = [{ ok: true, message: `${sources.length} containers are chosen` }];
  if (unreadable.length > 0) {
    const names = named(unreadable.map(({ name, driver }) => `${name} (${driver})`));
    findings.push({
      ok: true,
      message: `${unreadable.length} of them keep nothing that could be read: ${names}`,
      remedy: "Give these the log driver local or json-file, or the label tallyman.logs=false.",
    });
  }
  if (rotating.length > 0) {
    findings.push({
      ok: true,
      message: `${rotating.length} of them rotate a json-file: ${named(rotating.map(({ name }) => name))}`,
      remedy: "The engine may remove lines of a burst before anybody can read them; the driver local does not.",
    });
  }
  return findings;
}

function named(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
