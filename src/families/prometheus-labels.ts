import { type LabelSet, partsOf } from "./label-set.ts";

/**
 * A label set's text between a name and a value, in two parts, of which the base's is shared by the sets that extend it:
 * `{name="web"` and `,cpu="total"} `.
 */
export interface PrometheusLabels {
  readonly base: string;
  readonly extra: string;
}

const NO_TEXT: PrometheusLabels = { base: "", extra: " " };
const END = "} ";

const cache = new WeakMap<LabelSet, PrometheusLabels>();

/** Written once for as long as the label set lives. */
export function prometheusLabels(labels: LabelSet): PrometheusLabels {
  let text = cache.get(labels);
  if (text === undefined) {
    text = written(labels);
    cache.set(labels, text);
  }
  return text;
}

/** The same with a label behind the others. */
export function prometheusLabelsWith(labels: LabelSet, name: string, value: string): string {
  const { base, extra } = prometheusLabels(labels);
  return base === ""
    ? `{${pair([name, value])}${END}`
    : `${base}${extra.slice(0, -END.length)},${pair([name, value])}${END}`;
}

function written(labels: LabelSet): PrometheusLabels {
  const inner = partsOf(labels)?.base;
  const shared = inner === undefined ? NO_TEXT : prometheusLabels(inner);
  const added = Object.entries(labels).filter(([name]) => inner === undefined || !Object.hasOwn(inner, name));
  if (added.length === 0) return shared;
  const pairs = added.map(pair).join(",");
  return shared.base === ""
    ? { base: `{${pairs}`, extra: END }
    : { base: shared.base, extra: `${shared.extra.slice(0, -END.length)},${pairs}${END}` };
}

function pair([name, value]: readonly [string, string]): string {
  return `${validLabelName(name)}="${value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')}"`;
}

function validLabelName(name: string): string {
  return name.replaceAll(/^[0-9]|[^a-zA-Z0-9_]/gu, "_");
}
