import { eachInPool } from "../../src/kit/pool.ts";
import type { DockerEngine } from "../../test/e2e/harness/docker-engine.ts";

const STARTS_AT_ONCE = 4;
const REMOVED_AT_ONCE = 20;
/** Holds 100 kB and counts a little every five seconds: numbers that move, at next to no cost. */
const BUSY =
  "kept=$(head -c 100000 /dev/zero | tr '\\0' x); while :; do i=0; while [ $i -lt 500 ]; do i=$((i+1)); done; sleep 5; done";

/** Their names. */
export async function startBusyContainers(docker: DockerEngine["docker"], count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, i) => `busy-${i}`);
  await eachInPool(names, STARTS_AT_ONCE, async (name) => {
    await docker("run", "-d", "--name", name, "--label", `com.docker.compose.service=${name}`, "bb", "sh", "-c", BUSY);
  });
  return names;
}

/** All that there are, some at a time: an engine takes a while for a hundred. */
export async function removeContainers(docker: DockerEngine["docker"]): Promise<void> {
  const ids = (await docker("ps", "-aq")).split("\n").filter(Boolean);
  for (let i = 0; i < ids.length; i += REMOVED_AT_ONCE) await docker("rm", "-f", ...ids.slice(i, i + REMOVED_AT_ONCE));
}
