import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
let bundle: string;

// Alone in a folder, so that nothing can come from node_modules.
before(() => {
  const folder = mkdtempSync(join(tmpdir(), "tallyman-bundle-"));
  bundle = join(folder, "tallyman.mjs");
  cpSync(join(root, "dist/tallyman.mjs"), bundle);
  process.once("exit", () => rmSync(folder, { recursive: true }));
});

test("the bundle runs alone and knows its version", async () => {
  const { stdout, stderr } = await run(process.execPath, [bundle, "--version"]);
  assert.match(stdout, new RegExp(`^tallyman ${version.replaceAll(".", "\\.")} \\([0-9a-f]{12}\\)\n$`));
  assert.equal(stderr, "");
});

test("--help is a page that names every command", async () => {
  const { stdout } = await run(process.execPath, [bundle, "--help"]);
  for (const command of ["demo", "once", "check", "config"]) assert.match(stdout, new RegExp(`\\b${command}\\b`));
});

test("a reader that has seen enough is no error", async () => {
  const child = spawn(process.execPath, [bundle, "config"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, "close");
  assert.equal(code, 0);
  assert.doesNotMatch(said, /EPIPE/);
});

test("a wrong setting ends it with exit code 2 and says what is wrong", async () => {
  const env = { PATH: process.env.PATH ?? "", TALLYMAN_OTLP_PROTOCOL: "smoke-signals" };
  await assert.rejects(
    run(process.execPath, [bundle, "config"], { env }),
    (error: { code: number; stderr: string }) => {
      assert.equal(error.code, 2);
      assert.match(error.stderr, /TALLYMAN_OTLP_PROTOCOL.*smoke-signals/);
      return true;
    },
  );
});

test("each protocol's exporter is in the bundle and loads there", async () => {
  for (const protocol of ["http/protobuf", "http/json", "grpc"]) {
    const env = {
      PATH: process.env.PATH ?? "",
      TALLYMAN_OTLP_PROTOCOL: protocol,
      TALLYMAN_OTLP_ENDPOINT: "http://127.0.0.1:9",
      TALLYMAN_OTLP_TIMEOUT: "500ms",
      TALLYMAN_ENGINE_ADDRESS: "/nonexistent/docker.sock",
    };
    await assert.rejects(
      run(process.execPath, [bundle, "check"], { env }),
      (error: { code: number; stdout: string }) => {
        assert.equal(error.code, 1);
        assert.match(error.stdout, /127\.0\.0\.1:9/);
        assert.doesNotMatch(error.stdout, /Cannot find module|is not a function/);
        return true;
      },
    );
  }
});
