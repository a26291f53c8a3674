import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { setUp } from "./harness/set-up.ts";
import { shippingComponents } from "./harness/shipping-components.ts";
import { temporaryFolder } from "./harness/temporary-folder.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "../..");
const NODES = { "22.18": shippingComponents().OLDEST_NODE, "24": process.execPath };

const { engine, folder } = await setUp(async (own) => {
  const { path, remove } = temporaryFolder();
  return { folder: own({ path, end: async () => remove() }).path, engine: own(await startDockerEngine()) };
});
let packed: { filename: string; files: { path: string }[] };

before(async () => {
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: ROOT, env: npmEnv() });
  // The bundler's own line comes before.
  [packed] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [typeof packed];
});

test("the package holds the bundle, the settings' example and schema, and nothing else that runs", () => {
  const names = packed.files.map(({ path }) => path).sort();
  assert.deepEqual(names, [
    "LICENSE",
    "README.md",
    "config.example.json5",
    "config.schema.json",
    "dist/tallyman.mjs",
    "package.json",
  ]);
});

for (const [version, node] of Object.entries(NODES)) {
  test(`npx runs the packed file on Node ${version}, and installs nothing besides`, async () => {
    const home = join(folder, `home-${version}`);
    const bin = temporaryFolder();
    symlinkSync(node, join(bin.path, "node"));
    // The first `node` in PATH is the one that npm's and our own first line finds.
    const env = { ...npmEnv(), PATH: `${bin.path}:${process.env.PATH}`, NPM_CONFIG_CACHE: home };
    const tarball = join(folder, packed.filename);
    const { stdout } = await run("npx", ["--yes", `--package=${tarball}`, "--", "tallyman", "once"], {
      cwd: folder,
      env: { ...env, TALLYMAN_ENGINE_ADDRESS: engine.address },
    });
    bin.remove();
    assert.match(stdout, new RegExp(`^tallyman_build_info\\{.*node_version="v${version.replace(".", "\\.")}\\.`, "m"));
    const installs = readdirSync(join(home, "_npx")).map((install) => join(home, "_npx", install, "node_modules"));
    assert.deepEqual(
      installs.flatMap((modules) => readdirSync(modules).filter((name) => !name.startsWith("."))),
      ["tallyman"],
    );
  });
}

for (const [version, node] of Object.entries(NODES)) {
  test(`on Node ${version}, with logs kept, nothing but the agent's own lines comes on standard error`, async () => {
    const child = spawn(node, [join(ROOT, "dist/tallyman.mjs")], {
      env: {
        ...npmEnv(),
        TALLYMAN_ENGINE_ADDRESS: engine.address,
        TALLYMAN_OTLP_ENABLED: "false",
        TALLYMAN_LOGS_DIR: join(folder, `logs-${version}`),
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
      if (said.includes("Logs of containers are kept")) child.kill("SIGTERM");
    });
    await once(child, "close");
    assert.ok(said.includes("Logs of containers are kept"), said);
    for (const line of said.trimEnd().split("\n")) assert.doesNotThrow(() => JSON.parse(line), line);
  });
}

/** Without what `npm run` and these tests add: this is a person at a prompt. */
function npmEnv(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_registry)|TALLYMAN_)/.test(name));
  return Object.fromEntries(own.map(([name, value]) => [name, value ?? ""]));
}
