import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Setting, settingsTable } from "../../src/settings/table.ts";
import { at, loaded, nestedAt, refused } from "./load-from.ts";

const DOCUMENTED_PAIRS: Record<string, string> = {
  "engine.tls.cert": "TALLYMAN_ENGINE_TLS_KEY",
  "engine.tls.key": "TALLYMAN_ENGINE_TLS_CERT",
  "otlp.tls.cert": "TALLYMAN_OTLP_TLS_KEY",
  "logs.otlp.tls.cert": "TALLYMAN_LOGS_OTLP_TLS_KEY",
  "logs.otlp.tls.key": "TALLYMAN_LOGS_OTLP_TLS_CERT",
  "otlp.tls.key": "TALLYMAN_OTLP_TLS_CERT",
  "http.tls.cert": "TALLYMAN_HTTP_TLS_KEY",
  "http.tls.key": "TALLYMAN_HTTP_TLS_CERT",
  "http.username": "TALLYMAN_HTTP_PASSWORD",
  "http.password": "TALLYMAN_HTTP_USERNAME",
  "http.passwordFile": "TALLYMAN_HTTP_USERNAME",
  "pushgateway.tls.cert": "TALLYMAN_PUSHGATEWAY_TLS_KEY",
  "pushgateway.tls.key": "TALLYMAN_PUSHGATEWAY_TLS_CERT",
  "pushgateway.username": "TALLYMAN_PUSHGATEWAY_PASSWORD",
  "pushgateway.password": "TALLYMAN_PUSHGATEWAY_USERNAME",
  "pushgateway.passwordFile": "TALLYMAN_PUSHGATEWAY_USERNAME",
};

describe("a setting's variable", () => {
  for (const setting of settingsTable()) {
    const { path, variable } = setting;
    const pair = DOCUMENTED_PAIRS[path];
    const others: Record<string, string> = pair === undefined ? {} : { [pair]: "/other" };

    test(`${variable} sets ${path}`, () => {
      const result = loaded({ env: { ...others, [variable]: textOf(setting) } });
      assert.deepEqual(at(result.settings, path), setting.schema.parse(setting.example));
      assert.equal(result.origins.get(path), variable);
    });

    test(`the file's ${path} means the same as ${variable}`, () => {
      const result = loaded({ env: others, file: JSON.stringify(nestedAt(path, setting.example)) });
      assert.deepEqual(at(result.settings, path), setting.schema.parse(setting.example));
      assert.equal(result.origins.get(path), "./config.json5");
    });
  }
});

describe("texts in variables", () => {
  test("lists are comma-separated, with spaces trimmed and empty items dropped", () => {
    const { settings } = loaded({ env: { TALLYMAN_METRICS_LABELS_ALLOW: " com.example.* , app ,," } });
    assert.deepEqual(settings.metrics.labels.allow, ["com.example.*", "app"]);
  });

  test("an empty variable is an empty list", () => {
    const { settings } = loaded({ env: { TALLYMAN_METRICS_LABELS_ALLOW: "", TALLYMAN_METRICS_LABELS_DENY: "  " } });
    assert.deepEqual(settings.metrics.labels.allow, []);
    assert.deepEqual(settings.metrics.labels.deny, []);
  });

  test("a comma within a glob's braces separates nothing", () => {
    const { settings } = loaded({ env: { TALLYMAN_CONTAINERS_INCLUDE_NAMES: "{web,db}-*,cache" } });
    assert.deepEqual(settings.containers.include.names, ["{web,db}-*", "cache"]);
  });

  test("an empty variable of another type counts as not set", () => {
    const { settings, origins } = loaded({
      env: { TALLYMAN_OTLP_INTERVAL: "", TALLYMAN_ENGINE_ADDRESS: " ", TALLYMAN_OTLP_ENABLED: "" },
    });
    assert.equal(settings.otlp.interval, 60_000);
    assert.equal(settings.engine.address, undefined);
    assert.equal(origins.get("otlp.enabled"), "default");
  });

  test("names and texts are pairs whose values are percent-decoded and not cut at a semicolon", () => {
    const env = { TALLYMAN_OTLP_HEADERS: "authorization=Basic%20dXNlcjpwYXNz==, X-Scope-OrgID = a;b " };
    const { settings } = loaded({ env });
    assert.deepEqual(settings.otlp.headers, { authorization: "Basic dXNlcjpwYXNz==", "X-Scope-OrgID": "a;b" });
  });

  for (const [text, flag] of Object.entries({
    true: true,
    YES: true,
    on: true,
    1: true,
    False: false,
    no: false,
    0: false,
  })) {
    test(`${text} is ${flag}`, () => {
      assert.equal(loaded({ env: { TALLYMAN_OTLP_END_SERIES_ON_STOP: text } }).settings.otlp.endSeriesOnStop, flag);
    });
  }

  test("a number without unit is milliseconds, or bytes", () => {
    const { settings } = loaded({ env: { TALLYMAN_OTLP_INTERVAL: "15000", TALLYMAN_OTLP_MAX_REQUEST_BYTES: "65536" } });
    assert.equal(settings.otlp.interval, 15_000);
    assert.equal(settings.otlp.maxRequestBytes, 65_536);
  });
});

describe("variables that are no setting's", () => {
  test("are refused with the nearest one", () => {
    assert.deepEqual(refused({ env: { TALLYMAN_OTLP_ENDPIONT: "http://collector:4318" } }).problems, [
      'TALLYMAN_OTLP_ENDPIONT: unknown variable, got "http://collector:4318". Did you mean TALLYMAN_OTLP_ENDPOINT?',
    ]);
  });

  test("are left aside when Kubernetes or a link put them there, and that is said", () => {
    const env = {
      TALLYMAN_SERVICE_HOST: "10.0.0.1",
      TALLYMAN_SERVICE_PORT_HTTP: "8080",
      TALLYMAN_PORT: "tcp://10.0.0.1:8080",
      TALLYMAN_PORT_8080_TCP_ADDR: "10.0.0.1",
      TALLYMAN_STATUS_SERVICE_PORT: "1",
      TALLYMAN_NAME: "/agent/tallyman",
      TALLYMAN_ENV_PATH: "/bin",
    };
    assert.ok(
      loaded({ env }).notes.includes(
        `Not read as settings, since they look like the addresses of linked services: ${Object.keys(env).join(", ")}.`,
      ),
    );
  });

  test("of other programs are none of our business", () => {
    assert.ok(loaded({ env: { PATH: "/bin", TALLYMANX: "1", OTEL_TRACES_EXPORTER: "nonsense" } }).ok);
  });
});

test("on Windows a variable's capitals do not matter", () => {
  const env = { Tallyman_Otlp_Interval: "15s" };
  assert.equal(loaded({ env, platform: "win32" }).settings.otlp.interval, 15_000);
  assert.equal(loaded({ env, platform: "linux" }).settings.otlp.interval, 60_000);
});

function textOf({ kind, example }: Setting): string {
  if (kind === "objects") return JSON.stringify(example);
  if (kind === "list") return (example as string[]).join(",");
  if (kind !== "record") return String(example);
  return Object.entries(example as object)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join(",");
}
