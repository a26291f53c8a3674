import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { createOtlpOutlet } from "../../../src/outlets/otlp/otlp-outlet.ts";
import { createFleet, outletOptions, receiverFor, startedOutlet, watchedTelemetry } from "./outlet-support.ts";

test("requests go through the proxy that the environment names", async (t) => {
  const asked: (string | undefined)[] = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url);
    request.resume().on("end", () => response.end());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const proxyEnvironment = { HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  const options = outletOptions({ endpoint: "http://collector.test:4318", proxyEnvironment });
  const outlet = createOtlpOutlet(options, { source: createFleet(["web"]), telemetry: watchedTelemetry() });
  t.after(async () => {
    await outlet.stop();
    proxy.close();
  });
  await outlet.start();
  assert.equal((await outlet.exportOnce())?.failure, undefined);
  assert.equal(asked[0], "http://collector.test:4318/v1/metrics");
});

test("what NO_PROXY names is asked directly", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  const proxyEnvironment = { HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "127.0.0.1" };
  const { outlet } = await startedOutlet(
    t,
    { endpoint: receiver.httpEndpoint, proxyEnvironment },
    createFleet(["web"]),
  );
  assert.equal((await outlet.exportOnce())?.failure, undefined);
});
