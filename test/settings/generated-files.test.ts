import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as z from "zod";
import { exampleFile } from "../../scripts/docs/example-file.ts";
import { jsonSchema } from "../../scripts/docs/json-schema.ts";
import { settingsPage } from "../../scripts/docs/settings-page.ts";
import { settingsTable } from "../../src/settings/table.ts";
import { at, loaded, nestedAt } from "./load-from.ts";

describe("the example file", () => {
  test("as it is gives the defaults", () => {
    const { settings, origins } = loaded({ file: exampleFile() });
    assert.deepEqual(settings, loaded({}).settings);
    assert.deepEqual(new Set(origins.values()), new Set(["default"]));
  });

  test("without its comment marks gives the defaults, and examples where there is none", () => {
    // Two ways to a secret exclude each other, so the second stays a comment.
    const second = /\.(bearerToken|password)File$/;
    const file = uncommented(exampleFile()).replace(/(bearerToken|password)File:/g, "// $&");
    const { settings, origins } = loaded({ file });
    for (const setting of settingsTable()) {
      if (second.test(setting.path)) continue;
      const expected = setting.default ?? setting.example;
      assert.deepEqual(at(settings, setting.path), setting.schema.parse(expected), setting.path);
      assert.equal(origins.get(setting.path), "./config.json5");
    }
  });
});

describe("the editors' schema", () => {
  const schema = z.fromJSONSchema(JSON.parse(jsonSchema()));
  const accepts = (tree: object) => schema.safeParse(tree).success;

  test("accepts an empty file, its own mark, and each setting's example and default", () => {
    assert.ok(accepts({}));
    assert.ok(accepts({ $schema: "./config.schema.json" }));
    for (const { path, example, default: constant } of settingsTable()) {
      assert.ok(accepts(nestedAt(path, example)), path);
      if (constant !== undefined) assert.ok(accepts(nestedAt(path, constant)), path);
    }
  });

  test("refuses unknown keys and wrong types", () => {
    assert.ok(!accepts({ otlp: { intervall: "15s" } }));
    assert.ok(!accepts({ scrape: {} }));
    for (const { path } of settingsTable()) assert.ok(!accepts(nestedAt(path, [[]])), path);
  });

  test("accepts ContainerSpy's keys", () => {
    assert.ok(accepts({ docker_socket: "/d.sock", otlp_protocol: "httpjson", otlp_export_interval: 30_000 }));
    assert.ok(!accepts({ otlp_protocol: "http/json" }));
  });

  test("describes every setting", () => {
    const described = jsonSchema().match(/"description"/g) ?? [];
    assert.ok(described.length >= settingsTable().length);
  });
});

describe("the page of settings", () => {
  const page = settingsPage();

  test("has a row for each setting with its variable", () => {
    for (const { path, variable } of settingsTable())
      assert.ok(page.includes(`| \`${path}\` | \`${variable}\` |`), path);
  });

  test("names each further variable that is read", () => {
    for (const name of ["CSPY_OTLP_PROTO", "docker_socket", "DOCKER_HOST", "OTEL_EXPORTER_OTLP_METRICS_INSECURE"]) {
      assert.ok(page.includes(`\`${name}\``), name);
    }
  });

  test("has whole tables: the same number of cells in each row", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("|"));
    for (const row of rows) assert.equal(row.replaceAll("\\|", "").split("|").length, 7, row);
  });
});

/** Takes the mark off each line that holds a setting, or a part of one, and leaves the sentences. */
function uncommented(text: string): string {
  return text.replace(/^( +)\/\/ ((?:\w+: .*,|\w+: \[| {2}".*",|\],))$/gm, "$1$2");
}
