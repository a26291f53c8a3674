import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { at, loaded, refused } from "./load-from.ts";

const ON = { TALLYMAN_LOGS_OTLP_ENABLED: "true" };

describe("sending logs", () => {
  test("is off by itself, with a folder too", () => {
    assert.equal(loaded({ env: { LOGS_DIR: "/logs" } }).settings.logs.otlp.enabled, false);
  });

  test("turns on the files, which are sent from", () => {
    const result = loaded({ env: ON });
    assert.equal(result.settings.logs.enabled, true);
    assert.equal(result.origins.get("logs.enabled"), "since TALLYMAN_LOGS_OTLP_ENABLED gives logs.otlp.enabled");
  });

  test("is refused where the files are turned off", () => {
    const [problem] = refused({ env: { ...ON, TALLYMAN_LOGS_ENABLED: "false" } }).problems;
    assert.match(String(problem), /^logs\.otlp\.enabled .*logs\.enabled \(TALLYMAN_LOGS_ENABLED\) turns off/);
  });

  test("takes the endpoint of the metrics where the one for logs can be told from it", () => {
    for (const endpoint of [
      "http://collector:4318",
      "http://collector:4318/v1/metrics",
      "http://vm/opentelemetry/v1/metrics",
    ]) {
      loaded({ env: { ...ON, TALLYMAN_OTLP_ENDPOINT: endpoint } });
    }
    const [problem] = refused({ env: { ...ON, TALLYMAN_OTLP_ENDPOINT: "http://backend/push" } }).problems;
    assert.match(String(problem), /Give logs\.otlp\.endpoint\.$/);
    loaded({
      env: {
        ...ON,
        TALLYMAN_OTLP_ENDPOINT: "http://backend/push",
        TALLYMAN_LOGS_OTLP_ENDPOINT: "http://loki/otlp/v1/logs",
      },
    });
  });

  test("by gRPC is refused where the metrics' endpoint has a path", () => {
    const env = { ...ON, TALLYMAN_OTLP_ENDPOINT: "http://c:4318/v1/metrics", TALLYMAN_LOGS_OTLP_PROTOCOL: "grpc" };
    assert.match(
      String(refused({ env }).problems[0]),
      /gRPC, by which logs are sent, knows no paths\. Give logs\.otlp\.endpoint\.$/,
    );
  });

  test("joins by an expression only where both are given", () => {
    const start = { TALLYMAN_LOGS_OTLP_JOIN: "start" };
    const expression = { TALLYMAN_LOGS_OTLP_JOIN_START: "^\\d" };
    loaded({ env: { ...ON, ...start, ...expression } });
    assert.match(String(refused({ env: { ...ON, ...start } }).problems[0]), /needs logs\.otlp\.joinStart\.$/);
    assert.match(
      String(refused({ env: { ...ON, ...expression } }).problems[0]),
      /only logs\.otlp\.join "start" asks it\.$/,
    );
  });
});

describe("OpenTelemetry's variables for logs", () => {
  const LOGS = "OTEL_EXPORTER_OTLP_LOGS_";
  const METRICS = "OTEL_EXPORTER_OTLP_METRICS_";
  const GENERAL = "OTEL_EXPORTER_OTLP_";
  const CASES: [env: Record<string, string>, path: string, value: unknown][] = [
    [{ [`${LOGS}ENDPOINT`]: "http://loki:3100/otlp/x" }, "endpoint", "http://loki:3100/otlp/x"],
    [{ [`${LOGS}ENDPOINT`]: "c:4317", [`${LOGS}PROTOCOL`]: "grpc" }, "endpoint", "https://c:4317"],
    [
      { [`${LOGS}ENDPOINT`]: "c:4317", [`${LOGS}PROTOCOL`]: "grpc", [`${LOGS}INSECURE`]: "true" },
      "endpoint",
      "http://c:4317",
    ],
    [{ [`${LOGS}HEADERS`]: "a=b%2Cc" }, "headers", { a: "b,c" }],
    [{ [`${LOGS}PROTOCOL`]: "http/json" }, "protocol", "http/json"],
    [{ [`${LOGS}TIMEOUT`]: "90000" }, "timeout", 90_000],
    [{ [`${LOGS}COMPRESSION`]: "none" }, "compression", "none"],
    [{ [`${LOGS}CERTIFICATE`]: "/ca.pem" }, "tls.ca", "/ca.pem"],
    [
      { [`${LOGS}CLIENT_KEY`]: "/key.pem", [`${LOGS}CLIENT_CERTIFICATE`]: "/cert.pem" },
      "tls",
      { cert: "/cert.pem", key: "/key.pem" },
    ],
    // The general one is the setting's default by way of the metrics, unless those have one of their own.
    [{ [`${GENERAL}ENDPOINT`]: "http://c:4318" }, "endpoint", undefined],
    [{ [`${GENERAL}HEADERS`]: "a=b" }, "headers", undefined],
    [
      { [`${GENERAL}ENDPOINT`]: "http://c:4318/", [`${METRICS}ENDPOINT`]: "http://p/api/v1/otlp/v1/metrics" },
      "endpoint",
      "http://c:4318/v1/logs",
    ],
    [{ [`${GENERAL}ENDPOINT`]: "http://c:4318", [`${LOGS}PROTOCOL`]: "grpc" }, "endpoint", "http://c:4318"],
    [{ [`${GENERAL}HEADERS`]: "a=b", [`${METRICS}HEADERS`]: "c=d" }, "headers", { a: "b" }],
    [{ [`${GENERAL}TIMEOUT`]: "5000", [`${METRICS}TIMEOUT`]: "7000" }, "timeout", 5_000],
    [{ [`${METRICS}HEADERS`]: "token=x", [`${LOGS}ENDPOINT`]: "http://loki/otlp/v1/logs" }, "headers", {}],
    [{ [`${METRICS}HEADERS`]: "token=x" }, "headers", undefined],
    // What a setting of ours says of the metrics goes for logs too.
    [
      {
        [`${GENERAL}ENDPOINT`]: "http://c:4318",
        [`${METRICS}ENDPOINT`]: "http://p/x",
        TALLYMAN_OTLP_ENDPOINT: "http://o",
      },
      "endpoint",
      undefined,
    ],
    [
      { [`${LOGS}ENDPOINT`]: "http://c", TALLYMAN_LOGS_OTLP_ENDPOINT: "http://ours/v1/logs" },
      "endpoint",
      "http://ours/v1/logs",
    ],
  ];
  for (const [env, path, value] of CASES) {
    test(`${Object.entries(env).flat().join(" ")} gives ${path} ${JSON.stringify(value)}`, () => {
      assert.deepEqual(at(loaded({ env: { ...ON, ...env } }).settings.logs.otlp, path), value);
    });
  }

  test("are told and left aside where they are wrong", () => {
    const wrong = {
      [`${LOGS}ENDPOINT`]: "http://c:99999",
      [`${LOGS}TIMEOUT`]: "soon",
      TALLYMAN_OTLP_ENDPOINT: "http://collector:4318",
    };
    const { settings, notes } = loaded({ env: { ...ON, ...wrong } });
    assert.deepEqual([settings.logs.otlp.endpoint, settings.logs.otlp.timeout], [undefined, undefined]);
    for (const note of [
      'logs.otlp.endpoint (OTEL_EXPORTER_OTLP_LOGS_ENDPOINT): got "http://c:99999", which is no URL; ignored.',
      'logs.otlp.timeout (OTEL_EXPORTER_OTLP_LOGS_TIMEOUT): got "soon", expected a whole number of milliseconds; ignored.',
    ]) {
      assert.ok(notes.includes(note), notes.join("\n"));
    }
  });

  test("turn nothing on", () => {
    assert.equal(loaded({ env: { [`${LOGS}ENDPOINT`]: "http://c:4318/v1/logs" } }).settings.logs.enabled, false);
  });
});
