import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createOwnTest } from "../../src/commands/own-container.ts";

const ID = "0123456789ab".padEnd(64, "c");
const OTHER = "0123456789ab".padEnd(64, "d");

describe("our own container", () => {
  test("is the one that our mounts name, whatever the host is called", () => {
    const isOwn = createOwnTest({ ownId: ID, host: "0123456789ab" });
    assert.deepEqual([isOwn(ID), isOwn(OTHER)], [true, false]);
  });

  test("else is the one whose id begins with our host name", () => {
    assert.equal(createOwnTest({ ownId: undefined, host: "0123456789ab" })(ID), true);
    assert.equal(createOwnTest({ ownId: undefined, host: "0123456789AB" })(ID), true);
  });

  test("is none where the host name is no id", () => {
    for (const host of ["0123", "rack-7", ""]) assert.equal(createOwnTest({ ownId: undefined, host })(ID), false);
  });
});
