import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { parseExposition } from "../support/exposition.ts";
import { tlsFile } from "../support/tls.ts";
import { expectedAt } from "./harness/expected.ts";
import { type Stage, startStage } from "./harness/stage.ts";
import { runTallyman, type Tallyman } from "./harness/tallyman.ts";

const PULL_ONLY = { TALLYMAN_OTLP_ENABLED: "false" };

describe("The door of a running agent", { concurrency: 3 }, () => {
  test("answers a scrape where nothing is pushed, with a sweep for whoever asks", async (t) => {
    const stage = await startStage({}, t);
    stage.engine.containers.run({ name: "web", startedAgoMs: 60_000 });
    // So that its numbers stand still.
    stage.engine.containers.pause("web");
    const agent = stage.start({ ...PULL_ONLY, TALLYMAN_HTTP_MAX_AGE: "0s" });
    const get = await client(agent);
    const metrics = await scraped(get);
    const expected = expectedAt({ engine: stage.engine, name: "web", nowMs: Date.now() });
    assert.equal(metrics("container_memory_usage_bytes", "web"), expected.container_memory_usage_bytes);
    assert.equal(metrics("tallyman_engine_up"), 1);
    assert.equal(metrics("container_scrape_error"), 0);
    const sweeps = metrics("tallyman_sweeps_total") ?? 0;
    stage.engine.containers.run({ name: "later" });
    await eventually(async () => (await scraped(get))("container_last_seen", "later") !== undefined);
    assert.ok(((await scraped(get))("tallyman_sweeps_total") ?? 0) > sweeps);
    assert.equal(stage.receiver.attempts, 0);
    assert.equal(agent.log().filter(({ level }) => level === "warn").length, 0);
  });

  test("does no sweep while nobody asks and nothing is pushed", async (t) => {
    const stage = await startStage({}, t);
    stage.engine.containers.run({ name: "web" });
    const get = await client(stage.start(PULL_ONLY));
    await eventually(async () => (await get("/health")).status === 200);
    assert.equal(stage.engine.requests.entries.filter(({ path }) => path.endsWith("/stats")).length, 0);
  });

  test("gives a hundred who ask at once one sweep", async (t) => {
    const stage = await startStage({}, t);
    stage.engine.containers.run({ name: "web" });
    stage.engine.faults.add({ path: /\/stats$/, fault: { kind: "delay", delayMs: 300 } });
    const get = await client(stage.start({ ...PULL_ONLY, TALLYMAN_HTTP_MAX_AGE: "60s" }));
    const pages = await Promise.all(Array.from({ length: 100 }, () => get("/metrics")));
    assert.deepEqual(new Set(pages.map(({ status }) => status)), new Set([200]));
    assert.equal(stage.engine.requests.entries.filter(({ path }) => path.endsWith("/stats")).length, 1);
  });

  test("gives no container's old numbers while the engine is away, and 200 all the same", async (t) => {
    const stage = await startStage({}, t);
    stage.engine.containers.run({ name: "web" });
    const get = await client(stage.start({ ...PULL_ONLY, TALLYMAN_HTTP_MAX_AGE: "0s" }));
    assert.notEqual((await scraped(get))("container_last_seen", "web"), undefined);
    await stage.engine.down();
    const metrics = await scraped(get);
    assert.equal(metrics("container_last_seen", "web"), undefined);
    assert.equal(metrics("container_scrape_error"), 1);
    assert.equal(metrics("tallyman_engine_up"), 0);
    await eventually(async () => (await get("/health")).status === 503);
    const { docker, problems } = JSON.parse((await get("/health")).body);
    assert.equal(docker, "disconnected");
    assert.match(problems[0], /^the engine can't be reached: /);
    assert.equal((await get("/readyz")).status, 503);
    assert.equal((await get("/healthz")).status, 200);
    await stage.engine.up();
    await eventually(async () => (await scraped(get))("container_last_seen", "web") !== undefined);
    await eventually(async () => (await get("/health")).body === '{"status":"healthy","docker":"connected"}\n');
  });

  test("is well while the event stream is opened anew, until the engine is known to be gone", async (t) => {
    const stage = await startStage({}, t);
    const get = await client(stage.start(PULL_ONLY));
    await eventually(() => stage.engine.eventStreams.count === 1);
    await eventually(async () => (await get("/health")).status === 200);
    const handshake = { path: /\/(_ping|version|info)$/ };
    const answer = stage.engine.faults.add({
      ...handshake,
      fault: { kind: "delay", delayMs: Number.POSITIVE_INFINITY },
    });
    const asked = () => stage.engine.requests.entries.filter(({ path }) => handshake.path.test(path)).length;
    const askedBefore = asked();
    stage.engine.eventStreams.end();
    await eventually(() => asked() > askedBefore);
    assert.equal((await get("/health")).body, '{"status":"healthy","docker":"connected"}\n');
    await stage.engine.down();
    answer();
    await eventually(async () => (await get("/health")).status === 503);
    assert.match((await get("/health")).body, /the engine can't be reached: /);
  });

  test("tells of pushes that fail, and that they work again", async (t) => {
    const stage = await startStage({}, t);
    const get = await client(stage.start());
    const otlp = async () => JSON.parse((await get("/readyz")).body).outlets[0];
    await eventually(async () => (await otlp()).status === "working");
    await eventually(async () => (await get("/readyz")).status === 200);
    const accept = stage.receiver.faults.add({ kind: "status", status: 401, body: "who are you?" });
    await eventually(async () => (await otlp()).status === "failing");
    await eventually(async () => /^HTTP 401: who are you\?\. .*token/i.test((await otlp()).lastError));
    await eventually(async () => /^otlp fails: HTTP 401/.test(JSON.parse((await get("/health")).body).problems[0]));
    accept();
    await eventually(async () => (await get("/health")).status === 200);
  });

  test("tells of a log folder that can't be used, and that it can again", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "tallyman-door-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const dir = join(folder, "logs");
    writeFileSync(dir, "a file where the folder should be");
    const stage = await startStage({}, t);
    const get = await client(stage.start({ ...PULL_ONLY, LOGS_DIR: dir }));
    const problems = async () => JSON.parse((await get("/health")).body).problems ?? [];
    await eventually(async () => /^logs fails: .*logs/.test((await problems())[0]));
    rmSync(dir);
    await eventually(async () => (await get("/health")).status === 200);
  });

  test("shows no secret at any address", async (t) => {
    const stage = await startStage({}, t);
    const secrets = {
      TALLYMAN_OTLP_BEARER_TOKEN: "hush-otlp",
      TALLYMAN_OTLP_HEADERS: "X-Key=hush-header",
      TALLYMAN_HTTP_USERNAME: "me",
      TALLYMAN_HTTP_PASSWORD: "hush-door",
    };
    const get = await client(stage.start(secrets), { authorization: `Basic ${btoa("me:hush-door")}` });
    for (const path of ["/", "/metrics", "/health", "/healthz", "/readyz", "/config", "/settings", "/debug"]) {
      const { body, status } = await get(path);
      assert.doesNotMatch(body, /hush/, path);
      assert.ok([200, 404, 503].includes(status), path);
    }
  });

  test("leaves everything else working where another has its place, and opens when that is free", async (t) => {
    const stage = await startStage({}, t);
    const { path, leave } = await takenPlace(t);
    const agent = stage.start({ TALLYMAN_HTTP_LISTEN: `unix:${path}` });
    const { address, error, remedy } = await agent.logged("Door can't be opened, trying again until it can");
    assert.equal(address, `unix:${path}`);
    assert.match(`${error} ${remedy}`, /EADDRINUSE.*: set http\.listen to a free port/);
    await stage.receiver.waitFor(() => stage.receiver.accepted >= 2);
    leave();
    await agent.logged("Door opened");
  });

  test("ends the agent where another has its place and nothing else is on", async (t) => {
    const stage = await startStage({}, t);
    const { path } = await takenPlace(t);
    const { code, stderr } = await runTallyman({ ...stage.env, ...PULL_ONLY, TALLYMAN_HTTP_LISTEN: `unix:${path}` });
    assert.equal(code, 1);
    assert.match(stderr, /nothing else is on/);
  });

  test("is closed by a stop within its time, whoever still reads", async (t) => {
    const stage = await startStage({}, t);
    const agent = stage.start(PULL_ONLY);
    const get = await client(agent);
    stage.engine.faults.add({ path: /\/stats$/, fault: { kind: "delay", delayMs: Number.POSITIVE_INFINITY } });
    stage.engine.containers.run({ name: "web" });
    const unanswered = get("/metrics").catch(() => "cut off");
    await eventually(() => stage.engine.requests.entries.some(({ path }) => path.endsWith("/stats")));
    const { code } = await agent.end("SIGTERM", 10_000);
    assert.equal(code, 0);
    assert.ok(await unanswered);
  });
});

describe("tallyman health", { concurrency: 3 }, () => {
  test("is a line and 0 when all is well, and 1 with the reason when something is not", async (t) => {
    const stage = await startStage({}, t);
    const env = await running(stage, {});
    await eventually(async () => (await runTallyman(env, "health")).code === 0);
    assert.deepEqual(await runTallyman(env, "health"), { code: 0, stdout: "healthy", stderr: "" });
    await stage.engine.down();
    const { code, stdout } = await eventually(async () => {
      const found = await runTallyman(env, "health");
      return found.code === 1 && found;
    });
    assert.equal(code, 1);
    assert.match(stdout, /^unhealthy: the engine can't be reached: .+$/);
  });

  test("finds the agent by a certificate that is made out for another name, and by its login", async (t) => {
    const stage = await startStage({}, t);
    const token = join(folderFor(t), "token");
    writeFileSync(token, "let-me-in\n");
    const env = await running(stage, {
      TALLYMAN_HTTP_TLS_CERT: tlsFile("server.crt"),
      TALLYMAN_HTTP_TLS_KEY: tlsFile("server.key"),
      TALLYMAN_HTTP_BEARER_TOKEN_FILE: token,
    });
    await eventually(async () => (await runTallyman(env, "health")).code === 0);
    const wrong = await runTallyman({ ...env, TALLYMAN_HTTP_TLS_CERT: tlsFile("client.crt") }, "health");
    assert.equal(wrong.code, 1);
    assert.match(wrong.stdout, /^unhealthy: no answer at https:.*certificate/);
    const refused = await runTallyman({ ...env, TALLYMAN_HTTP_BEARER_TOKEN_FILE: "" }, "health");
    assert.equal(refused.stdout, "unhealthy: the door answers 401: Who are you? This door asks for a login.");
  });

  test("finds it at a socket's file", async (t) => {
    const stage = await startStage({}, t);
    const env = { ...stage.env, ...PULL_ONLY, TALLYMAN_HTTP_LISTEN: `unix:${join(folderFor(t), "door.sock")}` };
    await stage.start(env).logged("Door opened");
    await eventually(async () => (await runTallyman(env, "health")).code === 0);
  });

  test("says so when nobody answers", async () => {
    const { code, stdout } = await runTallyman({ TALLYMAN_HTTP_LISTEN: "unix:/nowhere/door.sock" }, "health");
    assert.equal(code, 1);
    assert.match(stdout, /^unhealthy: no answer at unix:\/nowhere\/door\.sock: .*ENOENT/);
  });

  test("does what check does where the door is off", async (t) => {
    const stage = await startStage({}, t);
    const { code, stdout } = await runTallyman({ ...stage.env, TALLYMAN_HTTP_LISTEN: "off" }, "health");
    assert.equal(code, 0);
    assert.match(stdout, /All is well\./);
  });
});

describe("tallyman check", () => {
  test("tells where the door opens, and of files of it that can't be used", async (t) => {
    const stage = await startStage({}, t);
    const well = await runTallyman(stage.env, "check");
    assert.match(well.stdout, /\nDoor\n {2}ok {3}opens at http:\/\/127\.0\.0\.1:0\/\n/);
    const files = {
      TALLYMAN_HTTP_TLS_CERT: tlsFile("server.crt"),
      TALLYMAN_HTTP_TLS_KEY: tlsFile("client.key"),
      TALLYMAN_HTTP_BEARER_TOKEN_FILE: "/nowhere/token",
    };
    const { code, stdout } = await runTallyman({ ...stage.env, ...files }, "check");
    assert.equal(code, 1);
    assert.match(stdout, /FAIL the certificate .* can't be used: [\s\S]*FAIL .*ENOENT.*\/nowhere\/token/);
    assert.match(stdout, /2 problems\.$/);
  });
});

/** What tells a command of the agent that it starts, when that listens. */
async function running(stage: Stage, given: Record<string, string>) {
  // A push that takes too long on a busy machine is no trouble here.
  const env = { ...stage.env, ...PULL_ONLY, ...given };
  const { url } = await stage.start(env).logged("Door opened");
  return { ...env, TALLYMAN_HTTP_LISTEN: new URL(String(url)).host };
}

/** Where somebody listens until he leaves. */
async function takenPlace(t: { after(end: () => void): void }) {
  const path = join(folderFor(t), "door.sock");
  const other = createServer().listen(path);
  await once(other, "listening");
  const leave = () => void other.close();
  t.after(leave);
  return { path, leave };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

type Get = (path: string) => Promise<Answer>;

async function client(agent: Tallyman, headers: Record<string, string> = {}): Promise<Get> {
  const { url } = await agent.logged("Door opened");
  return (path) =>
    new Promise((resolve, reject) => {
      const asking = request(new URL(path, String(url)), { headers, agent: false }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text) => {
          body += text;
        });
        response.once("error", reject);
        response.once("end", () => resolve({ status: response.statusCode ?? 0, body }));
      });
      asking.once("error", reject).end();
    });
}

async function scraped(get: Get) {
  const { status, body } = await get("/metrics");
  assert.equal(status, 200);
  const samples = parseExposition(body);
  return (metric: string, name?: string) =>
    samples.find((sample) => sample.name === metric && (name === undefined || sample.labels.name === name))?.value;
}

function folderFor(t: { after(remove: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), "tallyman-door-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}
