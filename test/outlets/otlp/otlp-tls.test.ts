import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type OtlpReceiver, startOtlpReceiver } from "../../../src/demo/receiver/otlp-receiver.ts";
import type { OtlpProtocol, TlsPaths } from "../../../src/outlets/otlp/otlp-options.ts";
import { createOtlpOutlet } from "../../../src/outlets/otlp/otlp-outlet.ts";
import { mutualTls, serverTls, tlsFile } from "../../support/tls.ts";
import { createFleet, endpointOf, outletOptions, watchedTelemetry } from "./outlet-support.ts";

const CA = tlsFile("ca.crt");
const CLIENT = { cert: tlsFile("client.crt"), key: tlsFile("client.key") };

for (const protocol of ["http/protobuf", "grpc"] as const) {
  test(`${protocol}: a certificate of an authority that is named in the settings is trusted`, async (t) => {
    const { exportOnce } = await encrypted(t, protocol, { tls: { ca: CA } });
    assert.equal((await exportOnce())?.failure, undefined);
  });

  test(`${protocol}: a certificate of an unknown authority is refused, and nothing is sent`, async (t) => {
    const { exportOnce, receiver, remedy } = await encrypted(t, protocol, { tls: {} });
    assert.ok((await exportOnce())?.failure);
    assert.equal(receiver.attempts, 0);
    assert.match(remedy(), protocol === "grpc" ? /https \(TLS\)/ : /otlp\.tls\.ca/);
  });

  test(`${protocol}: a receiver that wants to know its senders gets the client certificate`, async (t) => {
    const known = await encrypted(t, protocol, { tls: { ca: CA, ...CLIENT }, server: mutualTls() });
    assert.equal((await known.exportOnce())?.failure, undefined);
    const unknown = await encrypted(t, protocol, { tls: { ca: CA }, server: mutualTls() });
    assert.ok((await unknown.exportOnce())?.failure);
  });

  test(`${protocol}: a certificate file that changed is taken up without a restart`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "tallyman-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const ca = join(folder, "ca.crt");
    const { exportOnce } = await encrypted(t, protocol, { tls: { ca } });
    assert.match(String((await exportOnce())?.failure?.detail), /TLS ca file .*ca\.crt can't be read/);
    writeFileSync(ca, "not a certificate");
    assert.ok((await exportOnce())?.failure);
    copyFileSync(CA, ca);
    assert.equal((await exportOnce())?.failure, undefined);
  });
}

async function encrypted(
  t: TestContext,
  protocol: OtlpProtocol,
  { tls, server = serverTls() }: { tls: TlsPaths; server?: ReturnType<typeof serverTls> },
) {
  const receiver: OtlpReceiver = await startOtlpReceiver({
    protocols: [protocol === "grpc" ? "grpc" : "http"],
    tls: server,
  });
  const telemetry = watchedTelemetry();
  const options = outletOptions({ protocol, endpoint: endpointOf(receiver, protocol), tls, timeoutMs: 500 });
  const outlet = createOtlpOutlet(options, { source: createFleet(["web"]), telemetry });
  t.after(async () => {
    await outlet.stop();
    await receiver.close();
  });
  await outlet.start();
  const remedy = () => String(telemetry.lines.find(({ level }) => level === "warn")?.fields.remedy);
  return { receiver, exportOnce: outlet.exportOnce, remedy };
}
