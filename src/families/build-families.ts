import { createDistributions, type Distributions, keyOf } from "./build-distributions.ts";
import { labelSet } from "./label-set.ts";
import {
  histogramFamily,
  type MetricFamily,
  metricFamily,
  type Point,
  type PointValue,
  summaryFamily,
  untypedFamily,
} from "./metric-family.ts";
import { type ParsedSample, TextFault } from "./parse-sample.ts";

export type PrometheusType = "counter" | "gauge" | "histogram" | "summary" | "untyped";

/** Puts a text's lines together to families, in the order in which their names come. */
export interface FamilyBuilder {
  help(name: string, help: string): void;
  type(name: string, type: PrometheusType, line: number): void;
  sample(sample: ParsedSample, line: number): void;
  /** Those that have samples. */
  families(): MetricFamily[];
}

interface Building {
  readonly name: string;
  help?: string;
  type?: PrometheusType;
  readonly numbers: Map<string, Point<number>>;
  distributions?: Distributions;
}

export function createFamilyBuilder(times: Pick<Point, "startTime" | "endTime">): FamilyBuilder {
  const byName = new Map<string, Building>();
  const { startTime, endTime } = times;

  function named(name: string): Building {
    let building = byName.get(name);
    if (building === undefined) {
      building = { name, numbers: new Map() };
      byName.set(name, building);
    }
    return building;
  }

  /** A histogram's and a summary's samples have names that are longer than the family's. */
  function familyOf(name: string): { building: Building; suffix: string } {
    if (!byName.has(name)) {
      const [, base = "", suffix = ""] = /^(.+)_(bucket|sum|count)$/.exec(name) ?? [];
      const building = byName.get(base);
      const takes = building?.type === "histogram" || (building?.type === "summary" && suffix !== "bucket");
      if (building !== undefined && takes) return { building, suffix };
    }
    return { building: named(name), suffix: "" };
  }

  return {
    help(name, help) {
      const building = named(name);
      if (building.help !== undefined) throw new TextFault(`${name} has a second HELP`);
      building.help = help;
    },
    type(name, type, line) {
      const building = named(name);
      if (building.type !== undefined) throw new TextFault(`${name} has a second TYPE`);
      if (building.numbers.size > 0) throw new TextFault(`${name} has its TYPE behind its samples`, line);
      building.type = type;
      if (type === "histogram" || type === "summary") building.distributions = createDistributions(name, type);
    },
    sample({ name, labels, value }, line) {
      const { building, suffix } = familyOf(name);
      if (building.distributions !== undefined) return building.distributions.add({ suffix, labels, value }, line);
      const attributes = labelSet(Object.fromEntries(labels));
      const key = keyOf(labels);
      if (building.numbers.has(key)) throw new TextFault(`${name} has two samples of the same labels`);
      building.numbers.set(key, { attributes, value, startTime, endTime });
    },
    families() {
      const families: MetricFamily[] = [];
      for (const building of byName.values()) {
        const values: Iterable<Pick<Point, "attributes" | "value">> =
          building.distributions?.values() ?? building.numbers.values();
        const dataPoints = [...values].map((point): Point<PointValue> => ({ ...point, startTime, endTime }));
        if (dataPoints.length > 0) families.push({ ...emptyFamily(building), dataPoints });
      }
      return families;
    },
  };
}

function emptyFamily({ name, help = "", type = "untyped" }: Building): MetricFamily {
  const head = { name, help };
  if (type === "histogram") return histogramFamily(head);
  if (type === "summary") return summaryFamily(head);
  return type === "untyped" ? untypedFamily(head) : metricFamily({ ...head, kind: type });
}
