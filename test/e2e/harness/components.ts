import { existsSync } from "node:fs";

type Component =
  | "PROMETHEUS"
  | "COLLECTOR"
  | "ENGINE_TRIXIE"
  | "ENGINE_SID"
  | "PODMAN"
  | "WINE"
  | "WINDOWS_NODE"
  | "PUSHGATEWAY"
  | "PROMTOOL"
  | "PYTHON_CLIENT";

/** The binaries that run.sh had made ready; of an engine the folder of them, of Podman the root of its chroot. */
export function component(name: Component): string {
  const path = process.env[`TALLYMAN_E2E_${name}`];
  if (!path || !existsSync(path))
    throw new Error("start the end-to-end tests by `npm run e2e`, which makes ready what they need");
  return path;
}
