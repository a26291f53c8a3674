import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createLogChoice } from "../../../src/logs/pump/log-choice.ts";
import { logSource } from "../../../src/logs/pump/log-source.ts";
import { container, ID } from "./containers.ts";

const NONE = { names: [], images: [], labels: [] };
const ALL = { include: NONE, exclude: NONE, isOwn: () => false };

describe("a container's log is kept", () => {
  test("unless it is our own", () => {
    assert.equal(createLogChoice(ALL)(container()), true);
    assert.equal(createLogChoice({ ...ALL, isOwn: (id) => id === ID })(container()), false);
  });

  for (const value of ["false", "False", "0", "no", " no "]) {
    test(`unless its label says ${value}`, () => {
      assert.equal(createLogChoice(ALL)(container({ labels: { "tallyman.logs": value } })), false);
    });
  }

  test("where its label says yes, too", () => {
    assert.equal(createLogChoice(ALL)(container({ labels: { "tallyman.logs": "true" } })), true);
  });

  test("as globs on name, image and label choose", () => {
    const chooses = createLogChoice({
      ...ALL,
      include: { ...NONE, images: ["nginx:*"] },
      exclude: { ...NONE, names: ["*-tmp"], labels: ["quiet=*"] },
    });
    assert.equal(chooses(container()), true);
    assert.equal(chooses(container({ image: "redis:8" })), false);
    assert.equal(chooses(container({ name: "web-tmp" })), false);
    assert.equal(chooses(container({ labels: { quiet: "yes" } })), false);
  });
});

describe("what the pump knows of a container", () => {
  test("is that there may be new lines, or a new name, by a version that changes", () => {
    const { version } = logSource(container());
    assert.equal(logSource(container()).version, version);
    for (const change of [{ name: "new" }, { startedAt: "2026-11-21T07:00:00Z" }, { running: false }]) {
      assert.notEqual(logSource(container(change)).version, version);
    }
  });

  test("is whether it was ever started, by Go's zero time", () => {
    assert.equal(logSource(container()).hasRun, true);
    assert.equal(logSource(container({ running: false, startedAt: "0001-01-01T00:00:00Z" })).hasRun, false);
  });

  test("is whether its driver removes lines by itself, and at which size it leaves how many files", () => {
    const rotationOf = (driverOptions: Record<string, string>) => logSource(container({ driverOptions })).rotation;
    assert.equal(rotationOf({}), undefined);
    const sizes: [size: string, bytes: number | undefined][] = [
      ["10m", 10e6],
      ["512KB", 512e3],
      ["1.5g", 1.5e9],
      ["800", 800],
      ["-1", undefined],
    ];
    for (const [size, fileBytes] of sizes)
      assert.deepEqual(rotationOf({ "max-size": size }), { fileBytes, keptFiles: 1, isOpenedAhead: true }, size);
    assert.equal(rotationOf({ "max-size": "1m", "max-file": "3" })?.keptFiles, 3);
  });

  test("is whether what its driver removes can be opened ahead, as an uncompressed json-file can", () => {
    const driverOptions = { "max-size": "10m", compress: "true" };
    assert.equal(logSource(container({ driverOptions })).rotation?.isOpenedAhead, false);
    assert.equal(logSource(container({ driver: "local", driverOptions })).rotation?.isOpenedAhead, false);
  });
});
