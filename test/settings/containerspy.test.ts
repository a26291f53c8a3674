import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loaded, refused } from "./load-from.ts";

/** ContainerSpy 0.1.3-beta: the keys of its README's table, with comments as its JSON5 reader takes them. */
const FILE = `{
  // where docker is
  docker_socket: "/var/run/docker.sock",
  otlp_protocol: "httpjson",
  otlp_endpoint: "http://prometheus:9090/api/v1/otlp/v1/metrics",
  otlp_export_interval: 30000, // ms
}
`;

describe("a ContainerSpy installation goes on working", () => {
  test("with its file at its place", () => {
    const { settings, origins } = loaded({ files: { "/etc/containerspy/config.json": FILE } });
    assert.equal(settings.engine.address, "/var/run/docker.sock");
    assert.equal(settings.otlp.protocol, "http/json");
    assert.equal(settings.otlp.endpoint, "http://prometheus:9090/api/v1/otlp/v1/metrics");
    assert.equal(settings.otlp.interval, 30_000);
    assert.equal(origins.get("otlp.interval"), "otlp_export_interval in /etc/containerspy/config.json");
  });

  test("with its file named by its variable", () => {
    const result = loaded({ env: { CSPY_CONFIG: "./cspy.json" }, files: { "/srv/agent/cspy.json": FILE } });
    assert.equal(result.settings.otlp.interval, 30_000);
  });

  test("with its variables", () => {
    const { settings } = loaded({
      env: {
        CSPY_DOCKER_SOCKET: "//./pipe/docker_engine",
        CSPY_OTLP_PROTO: "grpc",
        CSPY_OTLP_ENDPOINT: "http://alloy-host:4317",
        CSPY_OTLP_INTERVAL: "30000",
      },
    });
    assert.equal(settings.engine.address, "//./pipe/docker_engine");
    assert.equal(settings.otlp.protocol, "grpc");
    assert.equal(settings.otlp.endpoint, "http://alloy-host:4317");
    assert.equal(settings.otlp.interval, 30_000);
  });

  for (const [theirs, ours] of [
    ["httpbinary", "http/protobuf"],
    ["httpjson", "http/json"],
    ["grpc", "grpc"],
    ["http/protobuf", "http/protobuf"],
  ]) {
    test(`with its protocol ${theirs}, which is ${ours}`, () => {
      assert.equal(loaded({ env: { CSPY_OTLP_PROTO: theirs as string } }).settings.otlp.protocol, ours);
      assert.equal(loaded({ file: `{ otlp_protocol: "${theirs}" }` }).settings.otlp.protocol, ours);
    });
  }

  test("with its variables over its file, as there", () => {
    const result = loaded({ env: { CSPY_OTLP_INTERVAL: "5000" }, file: FILE });
    assert.equal(result.settings.otlp.interval, 5000);
    assert.equal(result.settings.otlp.timeout, 5000);
  });

  test("with null and empty values, which count as not given", () => {
    const file = "{ docker_socket: null, otlp_protocol: null, otlp_endpoint: null, otlp_export_interval: null }";
    const env = { CSPY_OTLP_ENDPOINT: "", CSPY_OTLP_PROTO: " ", CSPY_CONFIG: "" };
    assert.deepEqual(new Set(loaded({ env, file }).origins.values()), new Set(["default"]));
  });

  test("with the interval of OTEL_METRIC_EXPORT_INTERVAL, else 60 s, when it gives none", () => {
    assert.equal(loaded({ env: { OTEL_METRIC_EXPORT_INTERVAL: "20000" } }).settings.otlp.interval, 20_000);
    assert.equal(loaded({}).settings.otlp.interval, 60_000);
  });

  test("with a variable that it does not know, such as its README's own slip, left aside and told", () => {
    assert.ok(
      loaded({ env: { CSPY_OLTP_PROTO: "grpc" } }).notes.includes(
        'CSPY_OLTP_PROTO: unknown variable, got "grpc". Did you mean CSPY_OTLP_PROTO?',
      ),
    );
  });
});

describe("a file with both names of a setting", () => {
  test("is refused when they differ", () => {
    const file = "{ otlp_endpoint: 'http://a:4318', otlp: { endpoint: 'http://b:4318' } }";
    assert.deepEqual(refused({ file }).problems, [
      'otlp.endpoint: otlp_endpoint in ./config.json5 and ./config.json5 say different things ("http://a:4318" and "http://b:4318"). Keep one of them.',
    ]);
  });

  test("is taken when they agree", () => {
    const file = "{ otlp_export_interval: 15000, otlp: { interval: '15s' } }";
    assert.equal(loaded({ file }).settings.otlp.interval, 15_000);
  });
});
