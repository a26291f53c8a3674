import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { settingsTable } from "../../src/settings/table.ts";
import { nestedAt, refused } from "./load-from.ts";

/** What a file holds, and every problem it gives, word for word. */
const FILES: Record<string, readonly string[]> = {
  "{ otlp: { intervall: '15s' } }": [
    'otlp.intervall (./config.json5): unknown setting, got "15s". Did you mean otlp.interval?',
  ],
  "{ containersPerRequest: 15 }": [
    "containersPerRequest (./config.json5): unknown setting, got 15. Did you mean otlp.containersPerRequest?",
  ],
  "{ otlp_export_intervall: 15 }": [
    "otlp_export_intervall (./config.json5): unknown setting, got 15. Did you mean otlp_export_interval?",
  ],
  "{ otpl: { interval: '15s' } }": ["otpl (./config.json5): unknown setting, got an object. Did you mean otlp?"],
  "{ scrape_configs: [] }": [
    "scrape_configs (./config.json5): unknown setting, got a list. docs/settings.md lists all of them.",
  ],
  "{ 'otlp.tls.ca': 'ca.pem' }": ["otlp.tls.ca (./config.json5): sections are nested: write otlp: { tls: { ca: … } }."],
  "{ otlp: 3 }": [
    "otlp (./config.json5): got 3, expected an object with enabled, protocol, endpoint, interval, timeout, headers, headersFile, bearerToken, bearerTokenFile, compression, tls, containersPerRequest, maxRequestBytes, endSeriesOnStop.",
  ],
  "{ otlp: { tls: ['ca.pem'] } }": ["otlp.tls (./config.json5): got a list, expected an object with ca, cert, key."],
  "{ otlp: { interval: 'soon' } }": [
    'otlp.interval (./config.json5): got "soon", expected a duration from 100ms to 24h, such as "15s", "500ms" or 15000 (milliseconds).',
  ],
  "{ otlp: { interval: '2d' } }": [
    'otlp.interval (./config.json5): got "2d", expected a duration from 100ms to 24h, such as "15s", "500ms" or 15000 (milliseconds).',
  ],
  "{ otlp: { interval: 15 } }": [
    'otlp.interval (./config.json5): got 15, expected a duration from 100ms to 24h, such as "15s", "500ms" or 15000 (milliseconds).',
  ],
  "{ otlp: { interval: '25h' } }": [
    'otlp.interval (./config.json5): got "25h", expected a duration from 100ms to 24h, such as "15s", "500ms" or 15000 (milliseconds).',
  ],
  "{ otlp: { interval: null } }": [
    'otlp.interval (./config.json5): got null, expected a duration from 100ms to 24h, such as "15s", "500ms" or 15000 (milliseconds).',
  ],
  "{ otlp: { maxRequestBytes: '3 MiB/s' } }": [
    'otlp.maxRequestBytes (./config.json5): got "3 MiB/s", expected a size from 64KiB to 64MiB, such as "3MiB", "500kB" or 65536 (bytes).',
  ],
  "{ otlp: { protocol: 'http' } }": [
    'otlp.protocol (./config.json5): got "http", expected one of "http/protobuf", "http/json", "grpc".',
  ],
  "{ otlp: { enabled: 'true' } }": ['otlp.enabled (./config.json5): got "true", expected true or false.'],
  "{ otlp: { endpoint: '' } }": [
    'otlp.endpoint (./config.json5): got "", expected a URL such as "http://collector:4318", "http://prometheus:9090/api/v1/otlp/v1/metrics", or for gRPC also "collector:4317".',
  ],
  "{ engine: { concurrency: 0 } }": [
    'engine.concurrency (./config.json5): got 0, expected "auto" or a whole number from 1 to 1000.',
  ],
  "{ engine: { concurrency: 2.5 } }": [
    'engine.concurrency (./config.json5): got 2.5, expected "auto" or a whole number from 1 to 1000.',
  ],
  "{ engine: { maxContainers: NaN } }": [
    "engine.maxContainers (./config.json5): got NaN, expected a whole number from 1 to 1000000.",
  ],
  "{ engine: { address: 'ssh://host' } }": [
    'engine.address (./config.json5): got "ssh://host", expected an address such as "unix:///var/run/docker.sock", a socket\'s path, "npipe:////./pipe/docker_engine", "tcp://host:2375" or "https://host:2376".',
  ],
  "{ containers: { include: { names: 'web-*' } } }": [
    'containers.include.names (./config.json5): got "web-*", expected a list, each item a glob, such as ["web-*"].',
  ],
  "{ containers: { include: { names: ['web-*', 3, ''] } } }": [
    "containers.include.names[1] (./config.json5): got 3, expected a glob.",
  ],
  "{ resource: { attributes: { team: 7 } } }": [
    'resource.attributes["team"] (./config.json5): got 7, expected a text in one line.',
  ],
  "{ log: { level: 'loud' }, otlp: { compression: 'br', enabeld: true } }": [
    "otlp.enabeld (./config.json5): unknown setting, got true. Did you mean otlp.enabled?",
    'log.level (./config.json5): got "loud", expected one of "silent", "error", "warn", "info", "debug".',
    'otlp.compression (./config.json5): got "br", expected one of "gzip", "none".',
  ],
};

describe("a wrong setting in the file is told with its path, what was given and what is expected", () => {
  for (const [file, problems] of Object.entries(FILES)) {
    test(file, () => assert.deepEqual(refused({ file }).problems, problems));
  }
});

describe("a wrong variable is told with its setting", () => {
  const cases: Record<string, [string, string]> = {
    TALLYMAN_OTLP_INTERVAL: [
      "15 seconds",
      'otlp.interval (TALLYMAN_OTLP_INTERVAL): got "15 seconds", expected a duration from 100ms to 24h, such as "15s", "500ms" or 15000 (milliseconds).',
    ],
    TALLYMAN_OTLP_ENABLED: ["maybe", 'otlp.enabled (TALLYMAN_OTLP_ENABLED): got "maybe", expected true or false.'],
    TALLYMAN_ENGINE_CONCURRENCY: [
      "many",
      'engine.concurrency (TALLYMAN_ENGINE_CONCURRENCY): got "many", expected "auto" or a whole number from 1 to 1000.',
    ],
    TALLYMAN_METRICS_DISABLE: [
      "container_cpu_*",
      `metrics.disable[0] (TALLYMAN_METRICS_DISABLE): got "container_cpu_*", expected a metric's name.`,
    ],
    TALLYMAN_RESOURCE_ATTRIBUTES: [
      "team",
      'resource.attributes (TALLYMAN_RESOURCE_ATTRIBUTES): got "team", expected pairs such as "name=value,other=value", values percent-encoded.',
    ],
    CSPY_OTLP_PROTO: [
      "http",
      'otlp.protocol (CSPY_OTLP_PROTO): got "http", expected one of "httpbinary", "httpjson", "grpc".',
    ],
  };
  for (const [name, [text, problem]] of Object.entries(cases)) {
    test(`${name}=${text}`, () => assert.deepEqual(refused({ env: { [name]: text } }).problems, [problem]));
  }
});

test("all problems of all sources are told at once, also of values that another source overrules", () => {
  const { problems } = refused({
    env: { TALLYMAN_OTLP_INTERVAL: "15s", TALLYMAN_OTLP_TIMEOUT: "never", TALLYMAN_LOG: "debug" },
    file: "{ otlp: { interval: 'soon' }, docker_sockett: '/x' }",
  });
  assert.deepEqual(
    problems.map((problem) => problem.split(" ")[0]),
    ["TALLYMAN_LOG:", "docker_sockett", "otlp.timeout", "otlp.interval"],
  );
});

describe("every setting refuses a value of another kind", () => {
  for (const { path, expected } of settingsTable()) {
    for (const value of [{ a: { b: 1 } }, [[]], -1, null]) {
      test(`${path}: ${JSON.stringify(value)}`, () => {
        const { problems } = refused({ file: JSON.stringify(nestedAt(path, value)) });
        assert.equal(problems.length, 1);
        assert.ok(problems[0]?.startsWith(path) && problems[0].includes("expected"), `${problems[0]} (${expected})`);
      });
    }
  }
});
