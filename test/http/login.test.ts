import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { authorizationOf, type LoginOptions } from "../../src/http/login.ts";
import { openedDoor, textRoute } from "./opened-door.ts";

const ROUTES = [textRoute("/metrics"), textRoute("/healthz"), textRoute("/readyz")];
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;
const PASSWORD = "pä:ss wörd";

interface Closing {
  after(close: () => Promise<void> | void): void;
}

async function doorWith(t: Closing, login: LoginOptions) {
  const { url, telemetry } = await openedDoor(ROUTES, { t, login });
  const get = (authorization?: string, path = "/metrics") =>
    fetch(new URL(path, url), { headers: authorization === undefined ? {} : { authorization } });
  return { get, telemetry };
}

function secretFile(t: Closing, content: string) {
  const folder = mkdtempSync(join(tmpdir(), "tallyman-login-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "secret");
  writeFileSync(path, content);
  return path;
}

test("a door without a login lets everybody in, whatever they show", async (t) => {
  const { get } = await doorWith(t, {});
  for (const shown of [undefined, "Bearer x", "nonsense"]) assert.equal((await get(shown)).status, 200);
});

test("basic authentication lets in by name and password alone", async (t) => {
  const { get } = await doorWith(t, { username: "prometheus", password: PASSWORD });
  assert.equal((await get(basic(`prometheus:${PASSWORD}`))).status, 200);
  assert.equal((await get(basic(`prometheus:${PASSWORD}`).replace("Basic", "bASIC"))).status, 200);
  for (const shown of [
    undefined,
    "",
    "Basic",
    "Basic !!!",
    basic("prometheus:"),
    basic(`:${PASSWORD}`),
    basic(`prometheus:${PASSWORD} `),
    basic(`Prometheus:${PASSWORD}`),
    basic("prometheus"),
    `Bearer ${PASSWORD.replaceAll(/[^a-z]/g, "")}`,
    `Digest username="prometheus"`,
  ])
    assert.equal((await get(shown)).status, 401, shown);
});

test("a bearer token lets in alone", async (t) => {
  const { get } = await doorWith(t, { bearerToken: "let-me-in" });
  assert.equal((await get("Bearer let-me-in")).status, 200);
  for (const shown of [undefined, "Bearer", "Bearer let-me-i", "Bearer let-me-in2", "let-me-in", basic("let-me-in:")])
    assert.equal((await get(shown)).status, 401, shown);
});

test("401 says by which ways one may come in", async (t) => {
  const { get } = await doorWith(t, { username: "a", password: "b", bearerToken: "c" });
  assert.equal(
    (await get()).headers.get("www-authenticate"),
    'Basic realm="Tallyman", charset="UTF-8", Bearer realm="Tallyman"',
  );
  for (const shown of [basic("a:b"), "Bearer c"]) assert.equal((await get(shown)).status, 200);
});

test("without a login nobody learns what there is, but /healthz answers all", async (t) => {
  const { get } = await doorWith(t, { bearerToken: "c" });
  assert.equal((await get(undefined, "/nothing")).status, 401);
  assert.equal((await get(undefined, "/readyz")).status, 401);
  assert.equal((await get(undefined, "/healthz")).status, 200);
});

test("a secret's file is read again when it changes", async (t) => {
  const passwordFile = secretFile(t, "old\n");
  const { get } = await doorWith(t, { username: "a", passwordFile });
  assert.equal((await get(basic("a:old"))).status, 200);
  writeFileSync(passwordFile, "new\n");
  assert.equal((await get(basic("a:old"))).status, 401);
  assert.equal((await get(basic("a:new"))).status, 200);
});

test("a secret's file that is empty or gone lets nobody in, which is said once", async (t) => {
  const bearerTokenFile = secretFile(t, " \n");
  const { get, telemetry } = await doorWith(t, { bearerTokenFile });
  for (const shown of ["Bearer", "Bearer x", basic(":"), "Bearer x"]) assert.equal((await get(shown)).status, 401);
  assert.equal(telemetry.said.filter(({ level }) => level === "error").length, 1);
  rmSync(bearerTokenFile);
  assert.equal((await get("Bearer x")).status, 401);
  writeFileSync(bearerTokenFile, "x");
  assert.equal((await get("Bearer x")).status, 200);
});

test("what our own client shows is what the door lets in", async (t) => {
  for (const login of [
    { username: "a", password: PASSWORD },
    { bearerToken: "c" },
    { username: "a", password: PASSWORD, bearerTokenFile: secretFile(t, "from a file\n".replaceAll(" ", "-")) },
  ]) {
    const { get } = await doorWith(t, login);
    assert.equal((await get(await authorizationOf(login))).status, 200);
  }
});
