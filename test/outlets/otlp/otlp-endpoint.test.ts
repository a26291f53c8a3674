import assert from "node:assert/strict";
import { test } from "node:test";
import { otlpEndpoint } from "../../../src/outlets/otlp/otlp-endpoint.ts";
import type { OtlpProtocol } from "../../../src/outlets/otlp/otlp-options.ts";

const HTTP: [endpoint: string | undefined, url: string][] = [
  [undefined, "http://localhost:4318/v1/metrics"],
  ["http://collector:4318", "http://collector:4318/v1/metrics"],
  ["http://collector:4318/", "http://collector:4318/v1/metrics"],
  [" HTTPS://collector ", "https://collector/v1/metrics"],
  ["http://collector:4318/v1/metrics", "http://collector:4318/v1/metrics"],
  ["http://prometheus:9090/api/v1/otlp/v1/metrics", "http://prometheus:9090/api/v1/otlp/v1/metrics"],
  ["http://vm:8428/opentelemetry/", "http://vm:8428/opentelemetry/"],
  ["http://gateway?tenant=a%20b", "http://gateway/v1/metrics?tenant=a%20b"],
  ["http://gateway/push?tenant=a", "http://gateway/push?tenant=a"],
  ["http://gateway/push#part", "http://gateway/push"],
  ["http://[::1]:4318", "http://[::1]:4318/v1/metrics"],
];

for (const [endpoint, url] of HTTP) {
  test(`HTTP: ${endpoint ?? "no endpoint"} is ${url}`, () => {
    assert.equal(otlpEndpoint({ protocol: "http/protobuf", endpoint }).url, url);
    assert.equal(otlpEndpoint({ protocol: "http/json", endpoint }).url, url);
  });
}

const GRPC: [endpoint: string | undefined, authority: string, secure: boolean][] = [
  [undefined, "localhost:4317", false],
  ["collector:4317", "collector:4317", false],
  ["collector", "collector:4317", false],
  ["http://collector:4317", "collector:4317", false],
  ["http://collector:80", "collector:80", false],
  ["https://collector:4317/", "collector:4317", true],
  ["https://collector", "collector:4317", true],
  ["https://collector:443", "collector:443", true],
  ["127.0.0.1:4317", "127.0.0.1:4317", false],
  ["[::1]:4317", "[::1]:4317", false],
  ["http://[2001:db8::1]:4317", "[2001:db8::1]:4317", false],
];

for (const [endpoint, authority, secure] of GRPC) {
  test(`gRPC: ${endpoint ?? "no endpoint"} is ${authority}${secure ? " over TLS" : ""}`, () => {
    const found = otlpEndpoint({ protocol: "grpc", endpoint });
    assert.deepEqual({ authority: found.authority, secure: found.secure }, { authority, secure });
  });
}

const WRONG: [protocol: OtlpProtocol, endpoint: string, message: RegExp][] = [
  ["http/protobuf", "collector:4318", /expected http:\/\/collector:4318/],
  ["http/protobuf", "//collector:4318/v1/metrics", /expected http:\/\/collector:4318\/v1\/metrics/],
  ["http/json", "tcp://collector:4318", /expected http:\/\/collector:4318/],
  ["http/protobuf", "http://::1:4318", /IPv6 address stands in brackets/],
  ["http/protobuf", "http://collector:port", /is not a URL/],
  ["grpc", "tcp://collector:4317", /scheme tcp; expected http or https/],
  ["grpc", "http://collector:4317/v1/metrics", /has a path.*http\/protobuf/],
  ["grpc", "::1:4317", /IPv6 address stands in brackets/],
];

for (const [protocol, endpoint, message] of WRONG) {
  test(`${protocol}: ${endpoint} is refused with what is expected`, () => {
    assert.throws(() => otlpEndpoint({ protocol, endpoint }), { message });
  });
}

test("credentials of the URL are used and not shown", () => {
  const { url, shown } = otlpEndpoint({ protocol: "http/protobuf", endpoint: "https://user:secret@gateway/otlp" });
  assert.deepEqual({ url, shown }, { url: "https://user:secret@gateway/otlp", shown: "https://gateway/otlp" });
});

test("what is shown of a gRPC target is its URL", () => {
  assert.equal(otlpEndpoint({ protocol: "grpc", endpoint: "collector:4317" }).shown, "http://collector:4317");
});
