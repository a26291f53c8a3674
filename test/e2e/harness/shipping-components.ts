import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

const SCRIPT = resolve(import.meta.dirname, "../shipping-components.sh");

export interface ShippingComponents {
  /** Compose 2, as a program of its own. */
  readonly COMPOSE: string;
  /** Debian's haproxy, unpacked. */
  readonly HAPROXY: string;
  /** The oldest Node that the package promises to run on. */
  readonly OLDEST_NODE: string;
  /** Grafana Alloy with what deploy/config.alloy needs of it. */
  readonly ALLOY: string;
}

/** Fetches what only the shipping tests need, unless it is there. */
export function shippingComponents(): ShippingComponents {
  const lines = execFileSync("bash", [SCRIPT], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return Object.fromEntries(
    lines
      .trim()
      .split("\n")
      .map((line) => line.split("=", 2)),
  ) as ShippingComponents;
}
