import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { VERSION } from "../src/kit/version.ts";

const root = join(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const installed = Object.keys(lock.packages).filter((path) => path.startsWith("node_modules/"));

test("the program and the package have the same version", () => {
  assert.equal(VERSION, manifest.version);
});

test("every version is exact", () => {
  for (const [name, version] of Object.entries(manifest.devDependencies)) {
    assert.match(version as string, /^(\d+\.\d+\.\d+|file:\.\/scripts\/no-ssh2)$/, name);
  }
});

test("the package installs no dependency: all that runs is in the bundle", () => {
  assert.equal(manifest.dependencies, undefined);
  assert.deepEqual(manifest.files.slice(0, 1), ["dist/tallyman.mjs"]);
});

test("no OpenTelemetry or gRPC package is in the tree twice", () => {
  const names = installed
    .map((path) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length))
    .filter((name) => /^@(opentelemetry|grpc)\//.test(name));
  assert.ok(names.length > 10);
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
});

test("the real ssh2, which compiles native code, is nowhere in the tree", () => {
  assert.equal(lock.packages["node_modules/ssh2"].resolved, "scripts/no-ssh2");
  assert.deepEqual(
    installed.filter((path) => /\/(cpu-features|nan|bcrypt-pbkdf)$/.test(path)),
    [],
  );
});

test("the lock file names no registry", () => {
  assert.doesNotMatch(JSON.stringify(lock), /"resolved":"https?:/);
});
