import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createEngine } from "../../src/engine/create-engine.ts";
import { EngineError } from "../../src/engine/engine.ts";
import type { TlsFiles } from "../../src/engine/tls-files.ts";
import { recordingTelemetry } from "./recording-telemetry.ts";

const file = (name: string) => join(import.meta.dirname, "../fixtures/tls", name);
const CLIENT = { ca: file("ca.crt"), cert: file("client.crt"), key: file("client.key") };

const asked: string[] = [];
// As dockerd with --tlsverify: who has no certificate of its CA is not let in.
const server = createServer(
  {
    ca: readFileSync(file("ca.crt")),
    cert: readFileSync(file("server.crt")),
    key: readFileSync(file("server.key")),
    requestCert: true,
    rejectUnauthorized: true,
  },
  (request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("Api-Version", "1.41").end(/containers/.test(request.url ?? "") ? "[]" : "{}");
  },
);
let port: number;
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

async function list(address: string, tls: TlsFiles) {
  const engine = createEngine({ address, tls, requestTimeoutMs: 5_000 }, recordingTelemetry());
  try {
    return await engine.listContainers({ all: true });
  } finally {
    engine.close();
  }
}

for (const scheme of ["https", "tcp"]) {
  test(`${scheme}:// with a client certificate reaches an engine that asks for one, under a prefix too`, async () => {
    asked.length = 0;
    assert.deepEqual(await list(`${scheme}://127.0.0.1:${port}/docker/`, CLIENT), []);
    assert.deepEqual(asked.slice(0, 1), ["/docker/_ping"]);
    assert.equal(asked.at(-1), "/docker/v1.41/containers/json?all=true");
  });
}

const REFUSED: Record<string, [address: () => string, tls: TlsFiles, message: RegExp]> = {
  "an engine whose CA is not given is not trusted": [
    () => `https://127.0.0.1:${port}`,
    { cert: CLIENT.cert, key: CLIENT.key },
    /certificate is not trusted: give the CA/,
  ],
  "a client without a certificate is not let in": [() => `https://127.0.0.1:${port}`, { ca: CLIENT.ca }, /certificate/],
  "plain HTTP to a TLS port fails": [() => `tcp://127.0.0.1:${port}`, {}, /failed|not HTTP/],
};

test("an engine whose certificate has expired is told apart from one that is not trusted, and taken again once it is renewed", async (t) => {
  const folder = (name: string) => file(join("expiring", name));
  const identity = (cert: string) => ({ cert: readFileSync(folder(cert)), key: readFileSync(folder("server.key")) });
  const expiring = createServer(identity("expired.crt"), (request, response) => {
    response.setHeader("Api-Version", "1.41").end(/containers/.test(request.url ?? "") ? "[]" : "{}");
  });
  await new Promise<void>((resolve) => expiring.listen(0, "127.0.0.1", resolve));
  t.after(() => expiring.close());
  const address = `https://127.0.0.1:${(expiring.address() as AddressInfo).port}`;
  const engine = createEngine({ address, tls: { ca: folder("ca.crt") } }, recordingTelemetry());
  t.after(engine.close);
  await assert.rejects(engine.listContainers({ all: true }), /expired.*renew it/);
  expiring.setSecureContext(identity("valid.crt"));
  assert.deepEqual(await engine.listContainers({ all: true }), []);
});

for (const [what, [address, tls, message]] of Object.entries(REFUSED)) {
  test(what, async () => {
    asked.length = 0;
    await assert.rejects(list(address(), tls), (error) => {
      assert.ok(error instanceof EngineError);
      assert.match(error.message, message);
      return true;
    });
    assert.deepEqual(asked, []);
  });
}
