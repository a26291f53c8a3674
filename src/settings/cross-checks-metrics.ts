import { DEFAULT_PROFILES, EXCLUSIVE_PROFILES, PROFILE_NAMES } from "../catalogue/profiles.ts";
import { PROFILE_ROWS } from "../catalogue/rows.ts";
import type { Choices } from "./choice.ts";

/** How often the engine is read for a file that tells when it was, where nothing else says so. */
const DEFAULT_INTERVAL_MS = 20_000;

export function crossCheckMetrics(choices: Choices) {
  checkProfiles(choices);
  noteEnabledInVain(choices);
  readForFile(choices);
  answerFromInterval(choices);
  pushToGivenEndpoint(choices);
}

function checkProfiles({ chosen, problems, notes }: Choices) {
  const { value, origin } = chosen.get("metrics.profiles") ?? {};
  const profiles = new Set(value as string[] | undefined);
  for (const [a, b] of EXCLUSIVE_PROFILES) {
    if (!profiles.has(a) || !profiles.has(b)) continue;
    problems.push(
      `metrics.profiles (${origin?.name}): ${a} and ${b} give the same numbers the same names, so that every sum would count twice. Keep one of them.`,
    );
  }
  if (!profiles.has("semconv") || !(profiles.has("cadvisor") || profiles.has("stats-exporter"))) return;
  notes.push(
    `metrics.profiles (${origin?.name}): what Prometheus makes of semconv's container.memory.usage is container_memory_usage_bytes, which another profile has too: sums count twice unless they filter by id or container_id.`,
  );
}

function noteEnabledInVain({ chosen, notes }: Choices) {
  const enable = chosen.get("metrics.enable");
  const on = new Set((chosen.get("metrics.profiles")?.value ?? DEFAULT_PROFILES) as readonly string[]);
  for (const name of (enable?.value ?? []) as string[]) {
    const of = PROFILE_NAMES.filter((profile) => {
      const { sweep, containers } = PROFILE_ROWS[profile];
      return [...sweep, ...containers].some((row) => row.name === name);
    });
    if (of.length === 0 || of.some((profile) => on.has(profile))) continue;
    notes.push(
      `metrics.enable (${enable?.origin.name}): ${name} is of ${of.join(", ")}, which metrics.profiles leaves out.`,
    );
  }
}

function readForFile({ chosen }: Choices) {
  if (!chosen.has("metrics.collectedAtFile") || chosen.has("metrics.sweepInterval")) return;
  const origin = { rank: "ambient variable", name: "since metrics.collectedAtFile is given" } as const;
  chosen.set("metrics.sweepInterval", { value: DEFAULT_INTERVAL_MS, origin });
}

function answerFromInterval({ chosen }: Choices) {
  const interval = chosen.get("metrics.sweepInterval");
  if (interval === undefined || chosen.has("http.maxAge")) return;
  const origin = { rank: "ambient variable", name: "as long as metrics.sweepInterval" } as const;
  chosen.set("http.maxAge", { value: interval.value, origin });
}

/** Whoever replaces a tool that only was scraped, and names a receiver too, wants both. */
function pushToGivenEndpoint({ chosen }: Choices) {
  if (chosen.get("otlp.enabled")?.origin.rank !== "replaced tool's default") return;
  if (chosen.has("otlp.endpoint")) chosen.delete("otlp.enabled");
}
