import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { at, loaded } from "./load-from.ts";

/** Variables of OpenTelemetry's specification and the settings they give. */
const VARIABLES: [env: Record<string, string>, path: string, value: unknown][] = [
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, "otlp.protocol", "grpc"],
  [{ OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/json" }, "otlp.protocol", "http/json"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318" }, "otlp.endpoint", "http://c:4318/v1/metrics"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318/" }, "otlp.endpoint", "http://c:4318/v1/metrics"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "https://c/otlp//" }, "otlp.endpoint", "https://c/otlp/v1/metrics"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "https://c/otlp?k=v" }, "otlp.endpoint", "https://c/otlp/v1/metrics?k=v"],
  [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://c:4318/x" }, "otlp.endpoint", "http://c:4318/x"],
  [grpc({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4317" }), "otlp.endpoint", "http://c:4317"],
  [grpc({ OTEL_EXPORTER_OTLP_ENDPOINT: "c:4317" }), "otlp.endpoint", "https://c:4317"],
  [
    grpc({ OTEL_EXPORTER_OTLP_ENDPOINT: "c:4317", OTEL_EXPORTER_OTLP_INSECURE: "True" }),
    "otlp.endpoint",
    "http://c:4317",
  ],
  [
    grpc({
      OTEL_EXPORTER_OTLP_ENDPOINT: "c:4317",
      OTEL_EXPORTER_OTLP_INSECURE: "true",
      OTEL_EXPORTER_OTLP_METRICS_INSECURE: "false",
    }),
    "otlp.endpoint",
    "https://c:4317",
  ],
  [{ OTEL_EXPORTER_OTLP_HEADERS: "a=b%2Cc, d = e;f=g" }, "otlp.headers", { a: "b,c", d: "e;f=g" }],
  [
    { OTEL_EXPORTER_OTLP_HEADERS: "a=general", OTEL_EXPORTER_OTLP_METRICS_HEADERS: "b=own" },
    "otlp.headers",
    { b: "own" },
  ],
  [{ OTEL_EXPORTER_OTLP_TIMEOUT: "5000" }, "otlp.timeout", 5000],
  [{ OTEL_METRIC_EXPORT_TIMEOUT: "30000" }, "otlp.timeout", 30_000],
  [{ OTEL_EXPORTER_OTLP_COMPRESSION: "none" }, "otlp.compression", "none"],
  [{ OTEL_EXPORTER_OTLP_CERTIFICATE: "/ca.pem" }, "otlp.tls.ca", "/ca.pem"],
  [clientPair(), "otlp.tls.cert", "/cert.pem"],
  [clientPair(), "otlp.tls.key", "/key.pem"],
  [{ OTEL_METRIC_EXPORT_INTERVAL: "15000" }, "otlp.interval", 15_000],
  [{ OTEL_SDK_DISABLED: "TRUE" }, "otlp.enabled", false],
  [{ OTEL_SDK_DISABLED: "1" }, "otlp.enabled", true],
  [{ OTEL_METRICS_EXPORTER: "none" }, "otlp.enabled", false],
  [{ OTEL_METRICS_EXPORTER: "console,otlp" }, "otlp.enabled", true],
  [{ OTEL_SERVICE_NAME: "agent" }, "resource.serviceName", "agent"],
  [{ OTEL_RESOURCE_ATTRIBUTES: "service.name=x,service.instance.id=y,a=b%20c" }, "resource.attributes", { a: "b c" }],
  [{ OTEL_RESOURCE_ATTRIBUTES: "service.name=x,service.instance.id=y" }, "resource.serviceName", "x"],
  [{ OTEL_RESOURCE_ATTRIBUTES: "service.name=x,service.instance.id=y" }, "resource.instanceId", "y"],
  [{ OTEL_LOG_LEVEL: "NONE" }, "log.level", "silent"],
  [{ OTEL_LOG_LEVEL: "ERROR" }, "log.level", "error"],
  [{ OTEL_LOG_LEVEL: "WARN" }, "log.level", "warn"],
  [{ OTEL_LOG_LEVEL: "info" }, "log.level", "info"],
  [{ OTEL_LOG_LEVEL: "VERBOSE" }, "log.level", "debug"],
  [{ OTEL_LOG_LEVEL: "ALL" }, "log.level", "debug"],
];

describe("OpenTelemetry's variables", () => {
  for (const [env, path, value] of VARIABLES) {
    test(`${textOf(env)} gives ${path} ${JSON.stringify(value)}`, () => {
      assert.deepEqual(at(loaded({ env }).settings, path), value);
    });
  }

  test("count as not set when they are empty", () => {
    const names = VARIABLES.flatMap(([env]) => Object.keys(env));
    const { origins } = loaded({ env: Object.fromEntries(names.map((name) => [name, " "])) });
    assert.deepEqual(new Set(origins.values()), new Set(["default"]));
  });

  test("follow a protocol that another source chose", () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4317", TALLYMAN_OTLP_PROTOCOL: "grpc" };
    assert.equal(loaded({ env }).settings.otlp.endpoint, "http://c:4317");
  });
});

describe("a wrong value in one of OpenTelemetry's variables is told and left aside", () => {
  const cases: [env: Record<string, string>, path: string, value: unknown, note: string][] = [
    [
      { OTEL_METRIC_EXPORT_INTERVAL: "-1" },
      "otlp.interval",
      60_000,
      'otlp.interval (OTEL_METRIC_EXPORT_INTERVAL): got "-1", expected a whole number of milliseconds; ignored.',
    ],
    [
      { OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "thrift", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      "otlp.protocol",
      "grpc",
      'otlp.protocol (OTEL_EXPORTER_OTLP_METRICS_PROTOCOL): got "thrift", expected one of "http/protobuf", "http/json", "grpc"; ignored.',
    ],
    [
      { OTEL_EXPORTER_OTLP_HEADERS: "authorization" },
      "otlp.headers",
      {},
      "otlp.headers (OTEL_EXPORTER_OTLP_HEADERS): got a value that is not shown, expected pairs name=value,other=value, values percent-encoded; ignored.",
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" },
      "otlp.endpoint",
      undefined,
      'otlp.endpoint (OTEL_EXPORTER_OTLP_ENDPOINT): got "collector:4318/v1/metrics", expected a URL such as "http://collector:4318", "http://prometheus:9090/api/v1/otlp/v1/metrics", or for gRPC also "collector:4317"; ignored.',
    ],
    [
      { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://c:99999" },
      "otlp.endpoint",
      undefined,
      'otlp.endpoint (OTEL_EXPORTER_OTLP_METRICS_ENDPOINT): got "http://c:99999", which is no URL; ignored.',
    ],
    [
      { OTEL_RESOURCE_ATTRIBUTES: "a=%zz" },
      "resource.attributes",
      {},
      'OTEL_RESOURCE_ATTRIBUTES: got "a=%zz", expected pairs name=value,other=value, values percent-encoded; ignored.',
    ],
    [
      { OTEL_METRICS_EXPORTER: "prometheus" },
      "otlp.enabled",
      true,
      'otlp.enabled (OTEL_METRICS_EXPORTER): got "prometheus", expected otlp or none; ignored.',
    ],
    [
      { OTEL_LOG_LEVEL: "loud" },
      "log.level",
      "info",
      'log.level (OTEL_LOG_LEVEL): got "loud", expected one of "silent", "error", "warn", "info", "debug"; ignored.',
    ],
    [
      { OTEL_EXPORTER_OTLP_TIMEOUT: "0" },
      "otlp.timeout",
      60_000,
      "otlp.timeout 24h (OTEL_EXPORTER_OTLP_TIMEOUT) was lowered to 1m, as long as otlp.interval.",
    ],
  ];
  for (const [env, path, value, note] of cases) {
    test(textOf(env), () => {
      const result = loaded({ env });
      assert.deepEqual(at(result.settings, path), value);
      assert.ok(result.notes.includes(note), result.notes.join("\n"));
    });
  }
});

function grpc(env: Record<string, string>): Record<string, string> {
  return { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", ...env };
}

function clientPair() {
  return { OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: "/cert.pem", OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY: "/key.pem" };
}

function textOf(env: Record<string, string>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}
