import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../../src/settings/nearest.ts";

const names = ["otlp.interval", "otlp.timeout", "otlp.bearerToken", "engine.address", "engine.tls.ca", "otlp.tls.ca"];

test("the nearest name is one that a slip of the fingers explains", () => {
  assert.equal(nearest("otlp.intervall", names), "otlp.interval");
  assert.equal(nearest("otlp.itnerval", names), "otlp.interval");
  assert.equal(nearest("otpl.timeout", names), "otlp.timeout");
});

test("spelling habits are no distance", () => {
  assert.equal(nearest("otlp.bearer_token", names), "otlp.bearerToken");
  assert.equal(nearest("OTLP.BEARER-TOKEN", names), "otlp.bearerToken");
});

test("a name without its section is found where only one section has it", () => {
  assert.equal(nearest("interval", names), "otlp.interval");
  assert.equal(nearest("ca", names), undefined);
});

test("a name that resembles none has no nearest one", () => {
  assert.equal(nearest("scrapeConfigs", names), undefined);
  assert.equal(nearest("", names), undefined);
});

test("a name of absurd length is answered at once", () => {
  assert.equal(nearest("x".repeat(1_000_000), names), undefined);
});
