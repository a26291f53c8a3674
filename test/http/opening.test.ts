import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { get as getSecurely } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { TLSSocket } from "node:tls";
import { createDoor, type DoorOptions } from "../../src/http/door.ts";
import { doorUrl, listenAddress } from "../../src/http/listen-address.ts";
import { recordingTelemetry } from "../engine/recording-telemetry.ts";
import { eventually } from "../support/eventually.ts";
import { tlsFile } from "../support/tls.ts";
import { openedDoor, sendRaw, textRoute } from "./opened-door.ts";

const ROUTES = [textRoute("/metrics")];

interface Closing {
  after(close: () => Promise<void> | void): void;
}

function folderFor(t: Closing) {
  const folder = mkdtempSync(join(tmpdir(), "tallyman-door-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function shutDoor(t: Closing, options: Omit<DoorOptions, "maxConnections">) {
  const telemetry = recordingTelemetry();
  const door = createDoor({ maxConnections: 8, ...options }, { routes: ROUTES, telemetry });
  t.after(() => door.close());
  return { door, telemetry };
}

describe("an address to listen at", () => {
  for (const [text, address, url] of [
    ["127.0.0.1:9103", { kind: "tcp", host: "127.0.0.1", port: 9103 }, "http://127.0.0.1:9103/"],
    ["[::1]:9103", { kind: "tcp", host: "::1", port: 9103 }, "http://[::1]:9103/"],
    ["[::]:80", { kind: "tcp", host: "::", port: 80 }, "http://[::1]:80/"],
    ["0.0.0.0:80", { kind: "tcp", host: "0.0.0.0", port: 80 }, "http://127.0.0.1:80/"],
    ["localhost:80", { kind: "tcp", host: "localhost", port: 80 }, "http://localhost:80/"],
    [":9103", { kind: "tcp", port: 9103 }, "http://127.0.0.1:9103/"],
    ["8003", { kind: "tcp", port: 8003 }, "http://127.0.0.1:8003/"],
    ["unix:/run/t.sock", { kind: "unix", path: "/run/t.sock" }, "unix:/run/t.sock"],
    ["unix:///run/t.sock", { kind: "unix", path: "/run/t.sock" }, "unix:/run/t.sock"],
  ] as const) {
    test(`is read from ${text}`, () => {
      const read = listenAddress(text);
      assert.deepEqual(read, address);
      assert.equal(read && doorUrl(read, { secure: false }), url);
    });
  }

  test("is none when it is off", () => {
    assert.equal(listenAddress("off"), undefined);
  });
});

test("a port in use is said once with what to do, and taken as soon as it is free", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const listen = { kind: "tcp", host: "127.0.0.1", port } as const;
  const { door, telemetry } = shutDoor(t, { listen, times: { retryMs: 20, maxRetryMs: 20 } });
  assert.equal(await door.open(), false);
  assert.equal(door.url, undefined);
  await eventually(() => telemetry.said.filter(({ level }) => level === "debug").length > 2);
  const warnings = telemetry.said.filter(({ level }) => level === "warn");
  assert.equal(warnings.length, 1);
  assert.match(String(warnings[0]?.fields.error), /EADDRINUSE.*127\.0\.0\.1/);
  assert.match(String(warnings[0]?.fields.remedy), /set http\.listen to a free port/);
  other.close();
  await eventually(() => door.url !== undefined);
  assert.equal((await fetch(new URL("/metrics", door.url))).status, 200);
});

test("a door that can't be opened is closed without waiting for its next attempt", async (t) => {
  const listen = { kind: "unix", path: join(folderFor(t), "missing", "door.sock") } as const;
  const { door, telemetry } = shutDoor(t, { listen, times: { retryMs: 3_600_000 } });
  assert.equal(await door.open(), false);
  assert.match(String(telemetry.said[0]?.fields.remedy), /folder of a socket must exist/);
  await door.close();
});

test("a socket's file answers, and is gone after the stop", async (t) => {
  const path = join(folderFor(t), "door.sock");
  const { door } = shutDoor(t, { listen: { kind: "unix", path } });
  assert.ok(await door.open());
  assert.equal(await statusAt({ socketPath: path }), 200);
  await door.close();
  assert.ok(!existsSync(path));
});

test("the socket's file that a killed agent left is taken over, one that answers is not", async (t) => {
  const path = join(folderFor(t), "door.sock");
  const killed = createServer().listen(path);
  await once(killed, "listening");
  const { door, telemetry } = shutDoor(t, { listen: { kind: "unix", path }, times: { retryMs: 3_600_000 } });
  assert.equal(await door.open(), false);
  assert.match(String(telemetry.said[0]?.fields.error), /EADDRINUSE/);
  killed.close();
  await once(killed, "close");
  await leaveSocket(path);
  const later = shutDoor(t, { listen: { kind: "unix", path } });
  assert.ok(await later.door.open());
  assert.equal(await statusAt({ socketPath: path }), 200);
});

describe("a door with a certificate", () => {
  const ca = tlsFile("ca.crt");

  test("speaks HTTPS alone", async (t) => {
    const { url, port } = await openedDoor(ROUTES, {
      t,
      tls: { cert: tlsFile("server.crt"), key: tlsFile("server.key") },
    });
    assert.match(url, /^https:/);
    assert.equal(await secureStatus(port, ca), 200);
    await assert.rejects(statusAt({ port, host: "127.0.0.1" }));
  });

  test("ends a connection that never speaks TLS", async (t) => {
    const tls = { cert: tlsFile("server.crt"), key: tlsFile("server.key") };
    const { port } = await openedDoor(ROUTES, { t, tls, times: { headMs: 200 } });
    assert.equal(await sendRaw(port, ""), "");
  });

  test("takes a renewed certificate without a restart, and keeps the old one where the new one can't be used", async (t) => {
    const folder = folderFor(t);
    const tls = { cert: join(folder, "door.crt"), key: join(folder, "door.key") };
    const put = (certificate: string, key: string) => {
      copyFileSync(certificate, tls.cert);
      copyFileSync(key, tls.key);
    };
    put(tlsFile("server.crt"), tlsFile("server.key"));
    const { port, telemetry } = await openedDoor(ROUTES, { t, tls, times: { renewMs: 20 } });
    const first = await fingerprint(port);
    writeFileSync(tls.cert, "half a certifi");
    await eventually(() => telemetry.aloud().some((line) => line.startsWith("warn: Door keeps its old certificate")));
    assert.equal(await fingerprint(port), first);
    const expiring = join(ca, "../expiring");
    put(join(expiring, "valid.crt"), join(expiring, "server.key"));
    await eventually(async () => (await fingerprint(port)) !== first);
    await eventually(() => telemetry.aloud().includes("info: Door has a new certificate"));
  });

  test("stays shut, and says so, while its files don't fit", async (t) => {
    const tls = { cert: tlsFile("server.crt"), key: tlsFile("client.key") };
    const { door, telemetry } = shutDoor(t, { listen: { kind: "tcp", host: "127.0.0.1", port: 0 }, tls });
    assert.equal(await door.open(), false);
    assert.match(String(telemetry.said[0]?.fields.error), /certificate .* with the key .* can't be used/);
  });
});

function statusAt(where: { socketPath: string } | { host: string; port: number }): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ ...where, path: "/metrics", agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once("error", reject);
  });
}

function secureStatus(port: number, ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    getSecurely({ host: "127.0.0.1", port, path: "/metrics", ca: readFileSync(ca), agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once("error", reject);
  });
}

function fingerprint(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: "/metrics", rejectUnauthorized: false, agent: false };
    getSecurely(options, (response) => {
      response.resume();
      const socket = response.socket as TLSSocket;
      resolve(socket.getPeerCertificate().fingerprint256);
    }).once("error", reject);
  });
}

/** As a process leaves it that is killed: the file, and nobody behind it. */
async function leaveSocket(path: string) {
  const code = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  await once(spawn(process.execPath, ["-e", code]), "close");
  assert.ok(existsSync(path));
}
