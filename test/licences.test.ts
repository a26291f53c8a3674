import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");

/** They ask for no more than to be named, and may be shipped within a program of any licence. */
const PERMISSIVE = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Unlicense",
]);

test("every package that is in the bundle may be shipped in it, by its licence", async () => {
  const packages = await bundledPackages();
  assert.ok(packages.length > 20, `${packages.length} packages`);
  for (const name of ["winston", "preact", "uplot"]) assert.ok(packages.includes(`node_modules/${name}`), name);
  const others = packages
    .map((folder) => ({ folder, licence: licenceOf(folder) }))
    .filter(({ licence }) => !isPermissive(licence));
  assert.deepEqual(others, []);
});

test("a licence counts where each of its parts does, or one of those that are to be chosen from", () => {
  assert.ok(isPermissive("MIT"));
  assert.ok(isPermissive("(MIT OR GPL-3.0)"));
  assert.ok(isPermissive("(Apache-2.0 AND BSD-3-Clause)"));
  for (const other of ["GPL-3.0", "MIT AND GPL-3.0", "UNLICENSED", "SEE LICENSE IN x", ""]) {
    assert.ok(!isPermissive(other), other);
  }
});

/** The folders of the packages of which a file went into the bundle, or into the page that the bundle holds. */
async function bundledPackages(): Promise<string[]> {
  const common = { absWorkingDir: root, bundle: true, write: false, metafile: true, logLevel: "error" } as const;
  const page = "src/status/page/browser";
  const built = await Promise.all([
    build({ ...common, entryPoints: ["src/main.ts"], platform: "node", format: "esm" }),
    build({
      ...common,
      entryPoints: [`${page}/main.tsx`, `${page}/page.css`],
      outdir: "page",
      tsconfig: `${page}/tsconfig.json`,
    }),
  ]);
  const files = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const folders = files.map((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

function licenceOf(folder: string): string {
  const path = join(root, folder, "package.json");
  const { license } = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { license: "" };
  return typeof license === "string" ? license : "";
}

/** SPDX expressions as npm packages have them: one level of "OR" or "AND". */
function isPermissive(licence: string): boolean {
  const parts = licence.replace(/[()]/g, "");
  if (parts.includes(" OR ")) return parts.split(" OR ").some((part) => PERMISSIVE.has(part.trim()));
  return parts.split(" AND ").every((part) => PERMISSIVE.has(part.trim()));
}
