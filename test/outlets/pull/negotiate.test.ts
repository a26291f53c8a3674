import assert from "node:assert/strict";
import { test } from "node:test";
import { negotiate } from "../../../src/outlets/pull/negotiate.ts";

const TEXT = "text/plain; version=0.0.4; charset=utf-8";
const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const CASES: readonly (readonly [who: string, accept: string | undefined, contentType: string | undefined])[] = [
  ["nothing", undefined, TEXT],
  ["an empty header", " ", TEXT],
  ["curl", "*/*", TEXT],
  [
    "a browser (Chromium 126)",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    TEXT,
  ],
  [
    "Prometheus 2.42",
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    OPENMETRICS,
  ],
  ["Prometheus 2.42 without OpenMetrics", "text/plain;version=0.0.4;q=1,*/*;q=0.1", TEXT],
  [
    "Prometheus 3",
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    `${OPENMETRICS}; escaping=underscores`,
  ],
  [
    "Prometheus 3 that likes text best, in a version that is not ours",
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    TEXT,
  ],
  [
    "one that takes native histograms first",
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    TEXT,
  ],
  [
    "one that knows the old OpenMetrics only",
    "application/openmetrics-text; version=0.0.1",
    OPENMETRICS.replace("1.0.0", "0.0.1"),
  ],
  ["a version in quotes, in capitals", 'Application/OpenMetrics-Text; Version="1.0.0"', OPENMETRICS],
  ["OpenMetrics of no version", "application/openmetrics-text", OPENMETRICS],
  ["anything of a kind", "text/*;q=0.1", TEXT],
  ["anything but text", "text/*;q=0, */*", OPENMETRICS],
  ["JSON", "application/json", undefined],
  ["a version that there is not", "text/plain;version=2.0", undefined],
  ["nothing at all", "*/*;q=0", undefined],
  ["a quality that is none", "text/plain;q=high", undefined],
];

for (const [who, accept, contentType] of CASES) {
  test(`${who} gets ${contentType ?? "a refusal"}`, () => assert.equal(negotiate(accept)?.contentType, contentType));
}
