import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { at, loaded } from "./load-from.ts";

interface Source {
  readonly name: string;
  readonly env?: Record<string, string>;
  readonly file?: string;
  readonly gives: unknown;
}

/** For settings that several sources know, the sources from the one that wins to the one that loses. */
const LADDERS: Record<string, readonly Source[]> = {
  "otlp.interval": [
    variable("TALLYMAN_OTLP_INTERVAL", "11s", 11_000),
    variable("CSPY_OTLP_INTERVAL", "12000", 12_000),
    { name: "./config.json5", file: "{ otlp: { interval: '13s' } }", gives: 13_000 },
    variable("OTEL_METRIC_EXPORT_INTERVAL", "14000", 14_000),
    { name: "default", gives: 60_000 },
  ],
  "otlp.endpoint": [
    variable("TALLYMAN_OTLP_ENDPOINT", "http://a:1"),
    variable("CSPY_OTLP_ENDPOINT", "http://b:1"),
    { name: "otlp_endpoint in ./config.json5", file: "{ otlp_endpoint: 'http://c:1' }", gives: "http://c:1" },
    variable("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://d:1/x"),
    variable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://e:1", "http://e:1/v1/metrics"),
    { name: "default", gives: undefined },
  ],
  "otlp.protocol": [
    variable("TALLYMAN_OTLP_PROTOCOL", "grpc"),
    variable("CSPY_OTLP_PROTO", "httpjson", "http/json"),
    { name: "./config.json5", file: "{ otlp: { protocol: 'grpc' } }", gives: "grpc" },
    variable("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json"),
    variable("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
    { name: "default", gives: "http/protobuf" },
  ],
  "otlp.timeout": [
    variable("TALLYMAN_OTLP_TIMEOUT", "1s", 1000),
    { name: "./config.json5", file: "{ otlp: { timeout: 2000 } }", gives: 2000 },
    variable("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "3000", 3000),
    variable("OTEL_EXPORTER_OTLP_TIMEOUT", "4000", 4000),
    variable("OTEL_METRIC_EXPORT_TIMEOUT", "5000", 5000),
    { name: "default", gives: 10_000 },
  ],
  "engine.address": [
    variable("TALLYMAN_ENGINE_ADDRESS", "/a.sock"),
    variable("CSPY_DOCKER_SOCKET", "/b.sock"),
    { name: "./config.json5", file: "{ engine: { address: '/c.sock' } }", gives: "/c.sock" },
    variable("DOCKER_HOST", "unix:///d.sock"),
    { name: "default", gives: undefined },
  ],
  "resource.serviceName": [
    variable("TALLYMAN_RESOURCE_SERVICE_NAME", "a"),
    { name: "./config.json5", file: "{ resource: { serviceName: 'b' } }", gives: "b" },
    variable("OTEL_SERVICE_NAME", "c"),
    variable("OTEL_RESOURCE_ATTRIBUTES", "service.name=d", "d"),
    { name: "default", gives: "tallyman" },
  ],
  "log.level": [
    variable("TALLYMAN_LOG_LEVEL", "error"),
    { name: "./config.json5", file: "{ log: { level: 'warn' } }", gives: "warn" },
    variable("OTEL_LOG_LEVEL", "DEBUG", "debug"),
    { name: "default", gives: "info" },
  ],
};

for (const [path, ladder] of Object.entries(LADDERS)) {
  describe(path, () => {
    for (const [index, { name, gives }] of ladder.entries()) {
      const weaker = ladder.slice(index);
      test(`comes from ${name} when ${index === 0 ? "all sources" : "only the later sources"} give it`, () => {
        const env = Object.assign({}, ...weaker.map((source) => source.env ?? {}));
        const file = weaker.find((source) => source.file !== undefined)?.file;
        const result = loaded({ env, ...(file !== undefined && { file }) });
        assert.deepEqual(at(result.settings, path), gives);
        assert.equal(result.origins.get(path), name);
      });
    }
  });
}

test("a list of a stronger source replaces a weaker one whole", () => {
  const { settings } = loaded({
    env: { TALLYMAN_CONTAINERS_EXCLUDE_NAMES: "a" },
    file: "{ containers: { exclude: { names: ['b', 'c'], images: ['d'] } } }",
  });
  assert.deepEqual(settings.containers.exclude, { names: ["a"], images: ["d"], labels: [] });
});

test("without any source every setting has its default", () => {
  const { origins, file } = loaded({});
  assert.deepEqual(new Set(origins.values()), new Set(["default"]));
  assert.equal(file, undefined);
});

function variable(name: string, text: string, gives: unknown = text): Source {
  return { name, env: { [name]: text }, gives };
}
