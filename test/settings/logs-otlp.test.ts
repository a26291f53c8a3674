import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loaded, refused } from "./load-from.ts";

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
