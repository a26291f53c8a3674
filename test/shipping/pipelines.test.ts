import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

const DEPLOY = resolve(import.meta.dirname, "../../deploy");
const read = (file: string) => readFileSync(join(DEPLOY, file), "utf8");

// The end-to-end tests run both, with these very files, on programs that they build themselves.
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

test("config.alloy has the components that it is tried with, and refers to one of them", () => {
  const text = read("config.alloy").replace(/^\/\/.*$/gm, "");
  const components = [...text.matchAll(/^([a-z.]+) "(\w+)" \{$/gm)].map(([, kind = "", name]) => ({ kind, name }));
  const built = [...read("../test/e2e/build-alloy.sh").matchAll(/internal\/component\/(otelcol\/\S+)"$/gm)];
  assert.deepEqual(
    components.map(({ kind }) => kind).sort(),
    built.map(([, folder = ""]) => folder.replaceAll("/", ".")).sort(),
  );
  const [, receiver = ""] = /metrics = \[([\w.]+)\.input\]/.exec(text) ?? [];
  assert.ok(components.some(({ kind, name }) => receiver === `${kind}.${name}`));
});

const TRIED = {
  "compose.collector.yml": { image: "otel/opentelemetry-collector-contrib:", script: "components.sh" },
  "compose.alloy.yml": { image: "grafana/alloy:v", script: "shipping-components.sh" },
};

for (const [file, { image, script }] of Object.entries(TRIED)) {
  test(`${file} names the version that is tried`, () => {
    const named = new RegExp(`^ +image: ${image}(\\S+)$`, "m").exec(read(file))?.[1];
    const tried = /^(?:collector|alloy)_version=v(\S+)$/m.exec(read(`../test/e2e/${script}`))?.[1];
    assert.equal(named, tried);
    assert.match(tried ?? "", /^\d+\.\d+\.\d+$/);
  });
}
