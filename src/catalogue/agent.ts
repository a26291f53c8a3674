import { REVISION, VERSION } from "../kit/version.ts";
import { EVERYWHERE, type SweepRow } from "./row.ts";

const AGENT = { kind: "gauge", labels: [], group: "agent", platforms: EVERYWHERE, about: "agent" } as const;

/** Of every profile: whoever reads a page must see that it is short of containers. */
export const SCRAPE_ERROR_ROW: SweepRow = {
  ...AGENT,
  name: "container_scrape_error",
  help: "1 if there was an error while getting container metrics, 0 otherwise.",
  source: "the sweep",
  observe: ({ engineFailed }, point) => point(engineFailed ? 1 : 0),
};

export const AGENT_ROWS: readonly SweepRow[] = [
  {
    ...AGENT,
    name: "cadvisor_version_info",
    help: "Constant 1, labelled with the versions of kernel, operating system, engine and agent.",
    labels: ["kernelVersion", "osVersion", "dockerVersion", "cadvisorVersion", "cadvisorRevision"],
    source: "info: KernelVersion, OperatingSystem, ServerVersion",
    note: 'For dashboards that read it. `cadvisorVersion` says whose it is: "tallyman-0.1.0".',
    observe({ machine }, point) {
      if (machine === undefined) return;
      const { kernelVersion = "", osVersion = "", dockerVersion = "", agentVersion = VERSION } = machine;
      const engine = ["kernelVersion", kernelVersion, "osVersion", osVersion, "dockerVersion", dockerVersion];
      const agent = ["cadvisorVersion", `tallyman-${agentVersion}`, "cadvisorRevision", REVISION];
      point(1, ...engine, ...agent);
    },
  },
  SCRAPE_ERROR_ROW,
  {
    ...AGENT,
    name: "machine_scrape_error",
    help: "1 if there was an error while getting machine metrics, 0 otherwise.",
    source: "the sweep",
    observe: ({ machine }, point) => point(machine === undefined ? 1 : 0),
  },
];
