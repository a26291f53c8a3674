import type { RunOptions } from "../../src/demo/engine/container.ts";
import type { Containers } from "../../src/demo/engine/containers.ts";
import { oneOf } from "../../test/support/seeded.ts";

export interface Churn {
  readonly counts: { changes: number; created: number; removed: number };
  /** One container more, unlike any before. */
  add(startedAgoMs: number): void;
  /** Something happens to one of them: most often it goes, and another comes. */
  change(): void;
}

/** How often a deed is done, of a hundred. */
const REPLACED = 70;

export function createChurn(containers: Containers, random: () => number): Churn {
  const counts = { changes: 0, created: 0, removed: 0 };
  const others: readonly ((id: string) => void)[] = [
    (id) => containers.restart(id),
    (id) => containers.rename(id, `renamed-${counts.changes}`),
    (id) => containers.stop(id),
    (id) => containers.start(id),
    (id) => containers.oom(id),
    (id) => containers.setHealth(id, random() < 0.5 ? "healthy" : "unhealthy"),
    (id) => containers.update(id, { memoryLimitBytes: 2 ** 28 + counts.changes * 4096 }),
  ];

  function add(startedAgoMs: number) {
    counts.created++;
    containers.run({ ...optionsOf(counts.created), startedAgoMs });
  }

  return {
    counts,
    add,
    change() {
      counts.changes++;
      const { id } = oneOf(containers.all(), random);
      if (random() * 100 >= REPLACED) return oneOf(others, random)(id);
      containers.remove(id);
      counts.removed++;
      add(0);
    },
  };
}

/** Names, labels and networks of which many never come again: what is kept of them must go with their container. */
function optionsOf(ordinal: number): RunOptions {
  return {
    image: `registry.example/team/service-${ordinal % 40}:1.${ordinal}`,
    labels: {
      "com.docker.compose.project": `project-${ordinal % 40}`,
      "com.docker.compose.service": "web",
      "org.opencontainers.image.version": `1.${ordinal}`,
      [`build.${ordinal}`]: "yes",
    },
    networks: ordinal % 10 === 0 ? ["front", `own-${ordinal}`] : ["front"],
    ...(ordinal % 2 === 0 && { memoryLimitBytes: 512 * 2 ** 20, nanoCpus: 5e8 }),
    ...(ordinal % 3 === 0 && { healthcheck: "healthy" as const }),
  };
}
