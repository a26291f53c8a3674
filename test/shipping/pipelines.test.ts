import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

const DEPLOY = resolve(import.meta.dirname, "../../deploy");
const read = (file: string) => readFileSync(join(DEPLOY, file), "utf8");

// Alloy can't be had for the end-to-end tests. It is built of the Collector's receiver and exporter, which are tried there
// with the Collector's file: what is left to hold is that Alloy's says the same.
const FILES = { collector: "collector.yaml", alloy: "config.alloy" };

for (const [service, file] of Object.entries(FILES)) {
  test(`${file} listens where its compose file has Tallyman push, on every address`, () => {
    const compose = read(`compose.${service}.yml`);
    assert.match(
      compose,
      new RegExp(`TALLYMAN_OTLP_ENDPOINT: http://${service}:4317\\n.*TALLYMAN_OTLP_PROTOCOL: grpc`),
    );
    assert.match(read(file), /grpc\W+endpoint\W+0\.0\.0\.0:4317"/);
    assert.match(read(file), /http\W+endpoint\W+0\.0\.0\.0:4318"/);
    assert.ok(compose.includes(`./${file}:`), "the file is mounted");
  });

  test(`${file} hands on to Prometheus' OTLP receiver, to which the exporter adds /v1/metrics`, () => {
    assert.match(read(file), /endpoint\W+http:\/\/prometheus:9090\/api\/v1\/otlp"?$/m);
  });
}

test("config.alloy refers to a component that it has, and closes every block", () => {
  const text = read("config.alloy").replace(/^\/\/.*$/gm, "");
  const components = [...text.matchAll(/^([a-z.]+) "(\w+)" \{$/gm)].map(([, kind, name]) => `${kind}.${name}`);
  assert.deepEqual(components, ["otelcol.receiver.otlp.tallyman", "otelcol.exporter.otlphttp.prometheus"]);
  const [, receiver = ""] = /metrics = \[([\w.]+)\.input\]/.exec(text) ?? [];
  assert.ok(components.includes(receiver), receiver);
  assert.equal(text.split("{").length, text.split("}").length);
});
