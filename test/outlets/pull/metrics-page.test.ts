import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { labelSet } from "../../../src/families/label-set.ts";
import { hrTimeFromMs, type MetricFamily, metricFamily } from "../../../src/families/metric-family.ts";
import { createMetricsPage } from "../../../src/outlets/pull/metrics-page.ts";
import { eventually } from "../../support/eventually.ts";

const LONG_MS = 3_600_000;
const OPENMETRICS = "application/openmetrics-text;version=1.0.0";

interface Sweep {
  readonly number: number;
}

/** Sweeps that begin when they are asked for and end when the test says so. */
function createSource({ containers = 1 } = {}) {
  let newest: Sweep | undefined;
  let underWay: PromiseWithResolvers<Sweep> | undefined;
  const source = {
    asked: 0,
    sweeps: 0,
    written: 0,
    sweep({ maxAgeMs }: { maxAgeMs: number }): Promise<Sweep> {
      source.asked++;
      if (newest !== undefined && maxAgeMs > 0) return Promise.resolve(newest);
      underWay ??= Promise.withResolvers();
      return underWay.promise;
    },
    overdue(): Sweep {
      return { number: 0 };
    },
    finishSweep() {
      newest = { number: ++source.sweeps };
      underWay?.resolve(newest);
      underWay = undefined;
    },
    families({ number }: Sweep): MetricFamily[][] {
      source.written++;
      const family = metricFamily({ name: "sweeps_total", help: "Größe.", kind: "counter" });
      const time = hrTimeFromMs(number);
      for (let i = 0; i < containers; i++) {
        family.dataPoints.push({ attributes: labelSet({ id: `${i}` }), value: number, startTime: time, endTime: time });
      }
      return [[family]];
    },
  };
  return source;
}

const page = (number: number) =>
  `# HELP sweeps_total Größe.\n# TYPE sweeps_total counter\nsweeps_total{id="0"} ${number}\n`;
const textOf = (body: string | Uint8Array) => Buffer.from(body).toString("utf8");

test("a hundred who ask at once cost one sweep, and share one writing of each form", async () => {
  const source = createSource();
  const { answer } = createMetricsPage({ source, options: { maxAgeMs: LONG_MS } });
  const answers = Array.from({ length: 100 }, (_, i) =>
    answer({ accept: i % 2 ? OPENMETRICS : undefined, acceptEncoding: i % 4 < 2 ? "gzip" : "" }),
  );
  await eventually(() => source.asked === 100);
  source.finishSweep();
  const bodies = new Set((await Promise.all(answers)).map(({ body }) => body));
  assert.equal(source.sweeps, 1);
  assert.equal(source.written, 1);
  assert.equal(bodies.size, 4);
});

test("who comes later gets the same bytes while the sweep is the newest, and a new page with the next one", async () => {
  const source = createSource();
  const { answer } = createMetricsPage({ source, options: { maxAgeMs: LONG_MS } });
  source.finishSweep();
  const first = await answer({});
  assert.equal((await answer({})).body, first.body);
  assert.equal(textOf(first.body), page(1));
  source.finishSweep();
  assert.equal(textOf((await answer({})).body), page(2));
  assert.equal(source.written, 2);
});

test("both forms say their content type, and that it depends on what was asked for", async () => {
  const source = createSource();
  source.finishSweep();
  const { answer } = createMetricsPage({ source, options: { maxAgeMs: LONG_MS } });
  const text = await answer({ accept: "*/*" });
  const open = await answer({ accept: OPENMETRICS });
  assert.equal(text.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(open.headers["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
  assert.equal(text.headers.vary, "accept, accept-encoding");
  assert.match(textOf(open.body), /# TYPE sweeps counter\n.*# EOF\n$/s);
});

test("gzip holds the same page, also one that is written in many pieces", async () => {
  const source = createSource({ containers: 40_000 });
  source.finishSweep();
  const { answer } = createMetricsPage({ source, options: { maxAgeMs: LONG_MS } });
  const plain = await answer({ acceptEncoding: "identity" });
  const packed = await answer({ acceptEncoding: "gzip" });
  assert.equal(packed.headers["content-encoding"], "gzip");
  assert.ok(!("content-encoding" in plain.headers));
  assert.ok(plain.body.length > 1_000_000 && packed.body.length * 3 < plain.body.length);
  assert.ok(gunzipSync(packed.body).equals(plain.body as Uint8Array));
});

test("who takes neither form is refused without a sweep, and told what there is", async () => {
  const source = createSource();
  const { answer } = createMetricsPage({ source, options: { maxAgeMs: LONG_MS } });
  const { status, body } = await answer({ accept: "application/json" });
  assert.equal(status, 406);
  assert.match(textOf(body), /openmetrics-text/);
  assert.equal(source.asked, 0);
});

test("what was written is let go when it is too old to be answered", async () => {
  const source = createSource();
  source.finishSweep();
  const { answer } = createMetricsPage({ source, options: { maxAgeMs: 1 } });
  const { body } = await answer({});
  await eventually(async () => (await answer({})).body !== body);
});

test("who can't wait for the sweep is told so, and the next one gets it", async () => {
  const source = createSource();
  const { answer } = createMetricsPage({ source, options: { maxAgeMs: LONG_MS } });
  assert.equal(textOf((await answer({ withinMs: 1 })).body), page(0));
  source.finishSweep();
  assert.equal(textOf((await answer({ withinMs: LONG_MS })).body), page(1));
});
