import { extendLabelSet, labelSet } from "../src/families/label-set.ts";
import { hrTimeFromMs, metricFamily, type NumberFamily } from "../src/families/metric-family.ts";

export const FAMILIES = 60;

interface Fleet {
  readonly containers: number;
  readonly containersPerGroup: number;
}

/** Sweeps of containers with 60 points each: new families and points each time, as a sweep makes them; label sets stay. */
export function fleetFamilies({ containers, containersPerGroup }: Fleet): (round: number) => NumberFamily[][] {
  const bases = Array.from({ length: containers }, (_, i) =>
    labelSet({
      id: `/system.slice/docker-${String(i).padStart(64, "0")}.scope`,
      name: `project-service-${i}`,
      image: "registry.example.com/team/service:1.2.3",
      container_label_com_docker_compose_project: "project",
      container_label_com_docker_compose_service: `service-${i}`,
      container_label_com_docker_compose_container_number: "1",
      container_label_org_opencontainers_image_version: "1.2.3",
      container_label_maintainer: "team@example.com",
    }),
  );
  return (round) => {
    const groups: NumberFamily[][] = [];
    for (let first = 0; first < containers; first += containersPerGroup) {
      const group = Array.from({ length: FAMILIES }, (_, f) =>
        metricFamily({
          name: `container_metric_${f}_total`,
          help: `What metric ${f} counts.`,
          kind: f % 2 ? "gauge" : "counter",
        }),
      );
      for (const [i, base] of bases.slice(first, first + containersPerGroup).entries()) {
        const startTime = hrTimeFromMs(1_700_000_000_000 + i);
        const endTime = hrTimeFromMs(1_800_000_000_000 + round * 15_000 + i);
        for (const [f, family] of group.entries()) {
          const attributes = f < 40 ? base : extendLabelSet(base, "interface", `eth${f % 3}`);
          family.dataPoints.push({ attributes, value: round * 1000 + f * i + 0.25, startTime, endTime });
        }
      }
      groups.push(group);
    }
    return groups;
  };
}
