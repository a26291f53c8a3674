import { join } from "node:path";
import { type Child, startChild } from "../../test/support/child.ts";
import { imageFlags } from "../image.ts";

const BUNDLE = join(import.meta.dirname, "../../dist/tallyman.mjs");

/** The whole agent, as the image runs it. */
export function startAgentProcess(address: string, env: Readonly<Record<string, string>>): Child {
  return startChild({
    name: "tallyman",
    command: [process.execPath, ...imageFlags, BUNDLE],
    env: { TALLYMAN_ENGINE_ADDRESS: address, TALLYMAN_LOG_LEVEL: "warn", ...env },
  });
}
