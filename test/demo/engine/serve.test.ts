import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { test } from "node:test";

const SERVE = join(import.meta.dirname, "../../../src/demo/engine/serve.ts");

test("the engine as a process of its own says where it listens, serves, and is gone at SIGTERM", async () => {
  const child = spawn(process.execPath, [
    SERVE,
    "--containers",
    "3",
    "--address",
    "tcp://127.0.0.1:0",
    "--engine",
    "20.10.24",
  ]);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const [, address] = /^listening tcp:\/\/(127\.0\.0\.1:\d+)$/.exec(line) ?? [];
  assert.ok(address, line);
  const list = await new Promise<string>((resolve, reject) => {
    request(`http://${address}/v1.41/containers/json`, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve(text));
    })
      .on("error", reject)
      .end();
  });
  assert.equal(JSON.parse(list).length, 3);
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
});
