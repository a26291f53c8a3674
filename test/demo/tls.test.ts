import assert from "node:assert/strict";
import { type RequestOptions, request } from "node:https";
import { test } from "node:test";
import { Client, credentials } from "@grpc/grpc-js";
import { startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { startOtlpReceiver } from "../../src/demo/receiver/otlp-receiver.ts";
import { clientTls, mutualTls, serverTls } from "../support/tls.ts";

function statusOf(url: string, options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false, ...options }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

test("the simulated engine speaks TLS on TCP, to those only who have a certificate where it demands one", async () => {
  const engine = await startSimulatedEngine({ address: { port: 0 }, tls: mutualTls() });
  const url = `${engine.address.replace("tcp:", "https:")}/_ping`;
  assert.equal(await statusOf(url, clientTls()), 200);
  await assert.rejects(statusOf(url, { ca: clientTls().ca }));
  await assert.rejects(statusOf(url, {}));
  await engine.close();
});

test("the receiver speaks TLS over HTTP", async () => {
  const receiver = await startOtlpReceiver({ tls: serverTls() });
  assert.match(receiver.httpEndpoint, /^https:/);
  assert.equal(await statusOf(`${receiver.httpEndpoint}/v1/metrics`, { ca: clientTls().ca }), 405);
  await receiver.close();
});

test("the receiver speaks TLS over gRPC, to those only who have a certificate where it demands one", async () => {
  const receiver = await startOtlpReceiver({ protocols: ["grpc"], tls: mutualTls() });
  const { ca, key, cert } = clientTls();
  const [pem, keyPem, certPem] = [ca, key, cert].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];
  const host = new URL(receiver.grpcEndpoint).host;
  const known = new Client(host, credentials.createSsl(pem, keyPem, certPem));
  assert.equal((await exportNothing(known)).length, 0);
  const unknown = new Client(host, credentials.createSsl(pem));
  await assert.rejects(exportNothing(unknown), { code: 14 });
  known.close();
  unknown.close();
  await receiver.close();
});

function exportNothing(client: Client): Promise<Buffer> {
  const asIs = (message: Buffer) => message;
  const path = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, asIs, asIs, Buffer.alloc(0), (error, reply) =>
      error ? reject(error) : resolve(reply as Buffer),
    );
  });
}
