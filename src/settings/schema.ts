import * as z from "zod/mini";
import { containersSection } from "./sections/containers.ts";
import { engineSection } from "./sections/engine.ts";
import { httpSection } from "./sections/http.ts";
import { logSection } from "./sections/log.ts";
import { logsSection } from "./sections/logs.ts";
import { metricsSection } from "./sections/metrics.ts";
import { otlpSection } from "./sections/otlp.ts";
import { programsSection } from "./sections/programs.ts";
import { pushgatewaySection } from "./sections/pushgateway.ts";
import { resourceSection } from "./sections/resource.ts";

/** Every setting, once: files, variables, documentation, the example file and the editors' schema are made of this. */
export const settingsSchema = z.strictObject({
  engine: engineSection,
  containers: containersSection,
  metrics: metricsSection,
  otlp: otlpSection,
  logs: logsSection,
  http: httpSection,
  pushgateway: pushgatewaySection,
  programs: programsSection,
  resource: resourceSection,
  log: logSection,
});

/** Durations are milliseconds and sizes bytes, however they were written. */
export type Settings = z.output<typeof settingsSchema>;
