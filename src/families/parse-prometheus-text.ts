import { createFamilyBuilder, type FamilyBuilder, type PrometheusType } from "./build-families.ts";
import type { MetricFamily, Point } from "./metric-family.ts";
import { METRIC_NAME, parseSample, quoted, TextFault, words } from "./parse-sample.ts";

export interface ParseOptions {
  /** What all points get: times that the text gives are checked and not taken. */
  readonly startTime: Point["startTime"];
  readonly endTime: Point["endTime"];
  /** Absent: 50,000. */
  readonly maxSamples?: number;
}

export type ParsedText =
  | { readonly ok: true; readonly families: MetricFamily[] }
  | {
      readonly ok: false;
      /** Of the text, from 1. */
      readonly line: number;
      readonly complaint: string;
    };

const MAX_SAMPLES = 50_000;
const MAX_LINE_LENGTH = 65_536;

/**
 * Prometheus' text format 0.0.4 as families, for what programs write
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). All or nothing: half of a program's metrics, with what
 * was misread, would be worse than none. Exemplars, which are OpenMetrics', are passed over.
 */
export function parsePrometheusText(text: string, options: ParseOptions): ParsedText {
  const { maxSamples = MAX_SAMPLES } = options;
  const builder = createFamilyBuilder(options);
  let line = 0;
  let samples = 0;
  try {
    for (let from = 0; from < text.length; ) {
      line++;
      const to = text.indexOf("\n", from);
      if (to === -1) throw new TextFault("the line has no end: the text was cut off, or lacks its last line break");
      if (to - from > MAX_LINE_LENGTH) throw new TextFault(`the line is longer than ${MAX_LINE_LENGTH} characters`);
      if (takeLine(builder, text.slice(from, to), line) && ++samples > maxSamples) {
        throw new TextFault(`there are more than ${maxSamples} samples`);
      }
      from = to + 1;
    }
    return { ok: true, families: builder.families() };
  } catch (fault) {
    if (!(fault instanceof TextFault)) throw fault;
    return { ok: false, line: fault.line ?? line, complaint: fault.message };
  }
}

/** Whether the line is a sample. */
function takeLine(builder: FamilyBuilder, text: string, line: number): boolean {
  const trimmed = text.replace(/^[ \t]+/, "");
  if (trimmed === "") return false;
  if (trimmed.startsWith("#")) {
    takeComment(builder, trimmed, line);
    return false;
  }
  builder.sample(parseSample(trimmed), line);
  return true;
}

const TYPES: ReadonlySet<string> = new Set<PrometheusType>(["counter", "gauge", "histogram", "summary", "untyped"]);

function takeComment(builder: FamilyBuilder, text: string, line: number) {
  const [, keyword, rest = ""] = /^#[ \t]+(HELP|TYPE)(?:[ \t]+(.*))?$/.exec(text) ?? [];
  if (keyword === undefined) return;
  const [, name = "", more = ""] = /^(\S*)[ \t]*(.*)$/.exec(rest) ?? [];
  if (!METRIC_NAME.test(name)) throw new TextFault(`${keyword} is of ${quoted(name)}, which is no metric's name`);
  if (keyword === "HELP") return builder.help(name, withoutEscapes(more));
  const type = words(more).join(" ");
  if (!TYPES.has(type)) throw new TextFault(`${name} has the type ${quoted(type)}; expected ${[...TYPES].join(", ")}`);
  builder.type(name, type as PrometheusType, line);
}

function withoutEscapes(help: string): string {
  return help.replaceAll(/\\(.?)/g, (_, escaped: string) => {
    if (escaped === "\\") return "\\";
    if (escaped === "n") return "\n";
    throw new TextFault(`HELP has the escape ${quoted(`\\${escaped}`)}; there are \\\\ and \\n`);
  });
}
