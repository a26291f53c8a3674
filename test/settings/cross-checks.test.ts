import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loaded, refused } from "./load-from.ts";

describe("two values that were given and clash are refused", () => {
  const cases: [env: Record<string, string>, problem: string][] = [
    [
      { TALLYMAN_OTLP_TIMEOUT: "20s", TALLYMAN_OTLP_INTERVAL: "15s" },
      "otlp.timeout 20s (TALLYMAN_OTLP_TIMEOUT) is longer than otlp.interval 15s (TALLYMAN_OTLP_INTERVAL): pushes would pile up. Lower the timeout.",
    ],
    [
      { TALLYMAN_OTLP_BEARER_TOKEN: "a", TALLYMAN_OTLP_BEARER_TOKEN_FILE: "/b" },
      "otlp.bearerToken and otlp.bearerTokenFile (TALLYMAN_OTLP_BEARER_TOKEN, TALLYMAN_OTLP_BEARER_TOKEN_FILE): both are given. Keep one of them.",
    ],
    [
      { TALLYMAN_OTLP_BEARER_TOKEN: "a", TALLYMAN_OTLP_HEADERS: "Authorization=b" },
      "otlp.headers (TALLYMAN_OTLP_HEADERS): Authorization is given there and by otlp.bearerToken. Keep one of them.",
    ],
    [{ TALLYMAN_OTLP_TLS_CERT: "/cert.pem" }, "otlp.tls.cert (TALLYMAN_OTLP_TLS_CERT): needs otlp.tls.key too."],
    [{ TALLYMAN_ENGINE_TLS_KEY: "/key.pem" }, "engine.tls.key (TALLYMAN_ENGINE_TLS_KEY): needs engine.tls.cert too."],
    [
      { TALLYMAN_OTLP_ENDPOINT: "collector:4318" },
      'otlp.endpoint (TALLYMAN_OTLP_ENDPOINT): got "collector:4318", expected a URL with its scheme for http/protobuf, such as "http://collector:4318".',
    ],
    [
      { TALLYMAN_OTLP_ENDPOINT: "http://collector:431800" },
      'otlp.endpoint (TALLYMAN_OTLP_ENDPOINT): got "http://collector:431800", which is no URL.',
    ],
    [
      { TALLYMAN_OTLP_ENDPOINT: "http://collector:4317/v1/metrics", TALLYMAN_OTLP_PROTOCOL: "grpc" },
      'otlp.endpoint (TALLYMAN_OTLP_ENDPOINT): got "http://collector:4317/v1/metrics", but gRPC knows no paths.',
    ],
    [
      { TALLYMAN_RESOURCE_ATTRIBUTES: "service.name=x" },
      "resource.attributes (TALLYMAN_RESOURCE_ATTRIBUTES): service.name has a setting of its own, resource.serviceName.",
    ],
    [
      { TALLYMAN_METRICS_ENABLE: "container_a,container_b", TALLYMAN_METRICS_DISABLE: "container_b" },
      "metrics.enable and metrics.disable (TALLYMAN_METRICS_ENABLE): container_b is in both. Keep one of them.",
    ],
  ];
  for (const [env, problem] of cases) {
    test(Object.keys(env).join(" and "), () => assert.deepEqual(refused({ env }).problems, [problem]));
  }

  test("a variable against the file", () => {
    const { problems } = refused({ env: { TALLYMAN_OTLP_TIMEOUT: "20s" }, file: "{ otlp: { interval: '15s' } }" });
    assert.deepEqual(problems, [
      "otlp.timeout 20s (TALLYMAN_OTLP_TIMEOUT) is longer than otlp.interval 15s (./config.json5): pushes would pile up. Lower the timeout.",
    ]);
  });
});

describe("a value that was given moves a default, and that is said", () => {
  test("the timeout follows a shorter interval", () => {
    const { settings, notes, origins } = loaded({ env: { TALLYMAN_OTLP_INTERVAL: "5s" } });
    assert.equal(settings.otlp.timeout, 5000);
    assert.equal(origins.get("otlp.timeout"), "as long as otlp.interval");
    assert.deepEqual(notes, ["otlp.timeout 10s (default) was lowered to 5s, as long as otlp.interval."]);
  });

  test("the interval follows a longer timeout", () => {
    const { settings, notes } = loaded({ env: { TALLYMAN_OTLP_TIMEOUT: "90s" } });
    assert.equal(settings.otlp.interval, 90_000);
    assert.equal(notes[0], "otlp.interval 1m (default) was raised to 90s, as long as otlp.timeout.");
  });

  test("a variable that other programs read too gives way like a default", () => {
    const env = { TALLYMAN_OTLP_INTERVAL: "15s", OTEL_METRIC_EXPORT_TIMEOUT: "30000" };
    const { settings, notes } = loaded({ env });
    assert.equal(settings.otlp.timeout, 15_000);
    assert.deepEqual(notes, [
      "otlp.timeout 30s (OTEL_METRIC_EXPORT_TIMEOUT) was lowered to 15s, as long as otlp.interval.",
    ]);
  });

  test("a token replaces the authorization among OpenTelemetry's headers", () => {
    const { settings, notes } = loaded({
      env: { OTEL_EXPORTER_OTLP_HEADERS: "authorization=Basic%20a,b=c", TALLYMAN_OTLP_INTERVAL: "15s" },
      file: "{ otlp: { bearerTokenFile: '/b' } }",
    });
    assert.deepEqual(settings.otlp.headers, { b: "c" });
    assert.deepEqual(notes, [
      "authorization of OTEL_EXPORTER_OTLP_HEADERS is not used, because otlp.bearerTokenFile is given.",
    ]);
  });

  test("a token that a variable gives replaces the file's way to one", () => {
    const { settings, notes } = loaded({
      env: { TALLYMAN_OTLP_BEARER_TOKEN: "a", TALLYMAN_OTLP_INTERVAL: "15s" },
      file: "{ otlp: { bearerTokenFile: '/b' } }",
    });
    assert.equal(settings.otlp.bearerToken, "a");
    assert.equal(settings.otlp.bearerTokenFile, undefined);
    assert.deepEqual(notes, ["otlp.bearerTokenFile is not used, because a variable gives otlp.bearerToken."]);
  });
});

describe("an interval that dashboards with rate(…[1m]) can't live with", () => {
  test("is said at the start", () => {
    assert.deepEqual(loaded({}).notes, [
      "otlp.interval is 1m (default): dashboards with rate(…[1m]) need 30s or less. Set TALLYMAN_OTLP_INTERVAL=15s.",
    ]);
  });

  test("is not said at 30 s, nor when nothing is pushed", () => {
    assert.deepEqual(loaded({ env: { TALLYMAN_OTLP_INTERVAL: "30s" } }).notes, []);
    assert.deepEqual(loaded({ env: { TALLYMAN_OTLP_ENABLED: "false" } }).notes, []);
  });
});

describe("an endpoint without a scheme", () => {
  for (const endpoint of ["collector:4317", "[::1]:4317", "10.0.0.1:4317"]) {
    test(`${endpoint} will do for gRPC`, () => {
      const env = { TALLYMAN_OTLP_ENDPOINT: endpoint, TALLYMAN_OTLP_PROTOCOL: "grpc" };
      assert.equal(loaded({ env }).settings.otlp.endpoint, endpoint);
    });
  }
});

describe("names of metrics", () => {
  const metricNames = ["container_memory_swap", "container_processes"];

  test("that do not exist are refused with the nearest one", () => {
    const file = "{ metrics: { enable: ['container_process'], disable: ['node_load1'] } }";
    assert.deepEqual(refused({ file, metricNames }).problems, [
      'metrics.enable (./config.json5): there is no metric "container_process". Did you mean container_processes?',
      'metrics.disable (./config.json5): there is no metric "node_load1". docs/metrics.md lists all of them.',
    ]);
  });

  test("that exist are taken", () => {
    const file = "{ metrics: { disable: ['container_memory_swap'] } }";
    assert.deepEqual(loaded({ file, metricNames }).settings.metrics.disable, ["container_memory_swap"]);
  });
});
