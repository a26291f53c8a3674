import { existsSync } from "node:fs";

/** The binaries that run.sh had made ready; of an engine the folder of them. */
export function component(name: "PROMETHEUS" | "COLLECTOR" | "ENGINE_TRIXIE" | "ENGINE_SID"): string {
  const path = process.env[`TALLYMAN_E2E_${name}`];
  if (!path || !existsSync(path))
    throw new Error("start the end-to-end tests by `npm run e2e`, which makes ready what they need");
  return path;
}
