// Makes dist/tallyman.mjs: the one file that the npm package and the image run.
import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { buildPage } from "./page.ts";

const root = join(import.meta.dirname, "..");
const outfile = join(root, "dist/tallyman.mjs");

/**
 * An ES module's import of `node:http` reads each of its exports, and a few of them load what they need when they are
 * read: all of fetch, web streams and HTTP/2 (Node 24.21, syncExports of lib/internal/bootstrap/realm.js). 6 MB for
 * nothing; asked for as CommonJS does, a module is only itself.
 */
const plainBuiltins: Plugin = {
  name: "plain-builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(node:)?(${builtinModules.join("|")})$`) }, ({ path, kind }) =>
      kind === "require-call" ? null : { path: path.replace(/^(node:)?/, "node:"), namespace: "builtin" },
    );
    onLoad({ filter: /^/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }));
  },
};

const result = await build({
  absWorkingDir: root,
  entryPoints: ["src/main.ts"],
  outfile,
  bundle: true,
  platform: "node",
  target: "node22.18",
  format: "esm",
  minify: true,
  keepNames: false,
  legalComments: "none",
  metafile: true,
  plugins: [plainBuiltins],
  define: { TALLYMAN_REVISION: JSON.stringify(revision()), TALLYMAN_PAGE: JSON.stringify(await buildPage()) },
  // CommonJS packages inside an ES module still call require and __dirname.
  banner: {
    js: [
      "#!/usr/bin/env node",
      'import { createRequire as tallymanRequire } from "node:module";',
      'import { dirname as tallymanDirname } from "node:path";',
      'import { fileURLToPath as tallymanPath } from "node:url";',
      "const require = tallymanRequire(import.meta.url);",
      "const __filename = tallymanPath(import.meta.url);",
      "const __dirname = tallymanDirname(__filename);",
    ].join("\n"),
  },
});
chmodSync(outfile, 0o755);
const bytes = Object.values(result.metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`dist/tallyman.mjs: ${Math.round(bytes / 1024)} KiB`);

/** The image's builder has no repository: there it is an argument. */
function revision(): string {
  if (process.env.TALLYMAN_REVISION !== undefined) return process.env.TALLYMAN_REVISION;
  try {
    return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { cwd: root, stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .trim();
  } catch {
    return "unknown";
  }
}
