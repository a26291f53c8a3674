import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { settingsTable } from "../../src/settings/table.ts";

const table = settingsTable();

describe("the table of settings", () => {
  test("gives each setting a variable of its own", () => {
    assert.equal(new Set(table.map(({ variable }) => variable)).size, table.length);
  });

  test("spells a variable as the path in upper snake case", () => {
    const variables = Object.fromEntries(table.map(({ path, variable }) => [path, variable]));
    assert.equal(variables["otlp.endpoint"], "TALLYMAN_OTLP_ENDPOINT");
    assert.equal(variables["otlp.maxRequestBytes"], "TALLYMAN_OTLP_MAX_REQUEST_BYTES");
    assert.equal(variables["containers.include.names"], "TALLYMAN_CONTAINERS_INCLUDE_NAMES");
  });

  test("gives each secret a sibling that names a file with it", () => {
    const paths = table.map(({ path }) => path);
    for (const { path } of table.filter(({ secret }) => secret)) assert.ok(paths.includes(`${path}File`), path);
  });

  for (const setting of table) {
    test(`${setting.path} is described in whole sentences, and its example and default fit`, () => {
      assert.match(setting.description, /^[A-Z`].*\.$/s);
      assert.ok(setting.schema.safeParse(setting.example).success, "example");
      assert.ok((setting.default === undefined) !== (setting.otherwise === undefined), "a default or its description");
      if (setting.default !== undefined) assert.deepEqual(setting.schema.parse(undefined), setting.default);
    });
  }
});
