import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { pointsOf } from "../../../src/demo/receiver/export-request.ts";
import type { OtlpReceiver } from "../../../src/demo/receiver/otlp-receiver.ts";
import { labelSet } from "../../../src/families/label-set.ts";
import { eventually } from "../../support/eventually.ts";
import { createFleet, endpointOf, PROTOCOLS, receiverFor, startedOutlet } from "./outlet-support.ts";

for (const protocol of PROTOCOLS) {
  test(`${protocol}: the first export goes out at the start, the next ones at each interval`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    const fleet = createFleet(["web", "db"]);
    const { telemetry } = await startedOutlet(
      t,
      { protocol, endpoint: endpointOf(receiver, protocol), intervalMs: 1000 },
      fleet,
    );
    await receiver.waitFor(
      () => (receiver.latest().get('container_1_bytes{id="/docker/web",name="web"}')?.value ?? 0) >= 2,
    );
    const counter = receiver.latest().get('container_0_total{cpu="total",id="/docker/db",name="db"}');
    assert.equal(counter?.startTimeUnixNano, 1_700_000_000_000_000_000n);
    assert.deepEqual(counter?.resource, { "service.name": "tallyman", "service.instance.id": "host-1" });
    assert.deepEqual(telemetry.said(), ["Exports arrive"]);
    assert.ok(telemetry.count("tallyman_exports_total", { outlet: "otlp", outcome: "success" }) >= 1);
    assert.ok(telemetry.count("tallyman_points_sent_total", { outlet: "otlp" }) >= 4);
  });

  test(`${protocol}: headers, token and compression go with each request, and files are read again`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    const folder = mkdtempSync(join(tmpdir(), "tallyman-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const [bearerTokenFile, headersFile] = [join(folder, "token"), join(folder, "headers")];
    writeFileSync(bearerTokenFile, "first\n");
    writeFileSync(headersFile, "# for the gateway\nX-Tenant: team\n");
    const { outlet } = await startedOutlet(
      t,
      { protocol, endpoint: endpointOf(receiver, protocol), headers: { "X-One": "1" }, headersFile, bearerTokenFile },
      createFleet(["web"]),
    );
    const first = (await receiver.waitFor(() => receiver.requests[0])).headers;
    assert.deepEqual([first["x-one"], first["x-tenant"], first.authorization].flat(), ["1", "team", "Bearer first"]);
    assert.match(String(first["user-agent"]), /^tallyman\//);
    assert.equal(first[protocol === "grpc" ? "grpc-encoding" : "content-encoding"]?.toString() ?? "gzip", "gzip");
    writeFileSync(bearerTokenFile, "second");
    await outlet.exportOnce();
    assert.equal(String(receiver.requests.at(-1)?.headers.authorization), "Bearer second");
  });

  test(`${protocol}: without compression what arrives is the message itself`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    const options = { protocol, endpoint: endpointOf(receiver, protocol), compression: "none" as const };
    await startedOutlet(t, options, createFleet(["web"]));
    const request = await receiver.waitFor(() => receiver.requests[0]);
    assert.equal(request.wireBytes, request.body.length);
    assert.equal(request.headers["content-encoding"], undefined);
  });

  test(`${protocol}: a removed container's series go out once more, flagged, in the very next export`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    const fleet = createFleet(["web", "db"]);
    const { outlet, telemetry } = await startedOutlet(t, { protocol, endpoint: endpointOf(receiver, protocol) }, fleet);
    await receiver.waitFor(() => receiver.latest().size === 4);
    fleet.containers.delete("web");
    await outlet.exportOnce();
    assert.deepEqual([...receiver.latest().keys()].sort(), [
      'container_0_total{cpu="total",id="/docker/db",name="db"}',
      'container_1_bytes{id="/docker/db",name="db"}',
    ]);
    assert.deepEqual(endedIn(receiver), ["container_0_total web", "container_1_bytes web"]);
    await outlet.exportOnce();
    assert.deepEqual(endedIn(receiver), ["container_0_total web", "container_1_bytes web"], "and never again");
    assert.equal(telemetry.count("tallyman_ended_series_total"), 2);
  });
}

test("a thousand containers with big labels: groups of containers, no request above the cap, all points there", async (t) => {
  const receiver = await receiverFor(t, "grpc");
  const names = Array.from({ length: 1000 }, (_, i) => `container-${i}`);
  const fleet = createFleet(names, { families: 30 });
  for (const [i, name] of names.entries()) {
    const big = i < 100 ? { container_label_notes: "n".repeat(3000) } : {};
    fleet.containers.set(name, labelSet({ id: name, name, ...big }));
  }
  const { outlet } = await startedOutlet(t, { protocol: "grpc", endpoint: receiver.grpcEndpoint }, fleet);
  await outlet.exportOnce();
  assert.equal(receiver.latest().size, 30_000);
  const sizes = receiver.requests.map(({ body }) => body.length);
  assert.ok(sizes.every((size) => size <= 3 * 1024 * 1024));
  // Two exports of 20 groups, the two with big labels in two requests each.
  assert.equal(sizes.length, 2 * 22);
  for (const { decoded } of receiver.requests) {
    assert.ok(new Set([...pointsOf(decoded)].map(({ point }) => point.attributes.name)).size <= 50);
  }
});

test("a series that comes back before its end was told is not ended", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  const fleet = createFleet(["web", "db"]);
  const web = fleet.containers.get("web") as Readonly<Record<string, string>>;
  const { outlet } = await startedOutlet(t, { endpoint: receiver.httpEndpoint }, fleet);
  await receiver.waitFor(() => receiver.latest().size === 4);
  fleet.containers.delete("web");
  receiver.faults.add({ kind: "status", status: 400 }, 2);
  await outlet.exportOnce();
  fleet.containers.set("web", labelSet({ ...web }));
  await outlet.exportOnce();
  assert.deepEqual(endedIn(receiver), []);
  assert.equal(receiver.latest().size, 4);
});

test("an end that could not be told goes with the next export", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  const fleet = createFleet(["web", "db"]);
  const { outlet, telemetry } = await startedOutlet(t, { endpoint: receiver.httpEndpoint }, fleet);
  await receiver.waitFor(() => receiver.latest().size === 4);
  fleet.containers.delete("web");
  receiver.faults.add({ kind: "status", status: 500 }, 2);
  const failed = await outlet.exportOnce();
  assert.deepEqual([failed?.requests, failed?.failedRequests], [2, 2]);
  assert.equal(receiver.latest().size, 4);
  await outlet.exportOnce();
  assert.equal(receiver.latest().size, 2);
  assert.equal(telemetry.count("tallyman_ended_series_total"), 2);
});

test("a changed label ends the old series and starts the new one in the same export", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  const fleet = createFleet(["web"]);
  const { outlet } = await startedOutlet(t, { endpoint: receiver.httpEndpoint }, fleet);
  await receiver.waitFor(() => receiver.latest().size === 2);
  fleet.containers.set("web", labelSet({ id: "/docker/web", name: "renamed" }));
  await outlet.exportOnce();
  assert.deepEqual([...receiver.latest().keys()].sort(), [
    'container_0_total{cpu="total",id="/docker/web",name="renamed"}',
    'container_1_bytes{id="/docker/web",name="renamed"}',
  ]);
});

test("when the last container is gone its series still end", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  const fleet = createFleet(["web"]);
  const { outlet } = await startedOutlet(t, { endpoint: receiver.httpEndpoint }, fleet);
  await receiver.waitFor(() => receiver.latest().size === 2);
  fleet.containers.clear();
  await outlet.exportOnce();
  assert.equal(receiver.latest().size, 0);
});

test("when the resource becomes another, what was sent under the old one ends under the old one", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  let instance = "agent";
  const { outlet } = await startedOutlet(
    t,
    { endpoint: receiver.httpEndpoint, resource: () => ({ "service.instance.id": instance }) },
    createFleet(["web"]),
  );
  await receiver.waitFor(() => receiver.requests.length === 1);
  instance = "engine";
  await outlet.exportOnce();
  // Two requests travel at once, so either may be the first to arrive.
  const instances = receiver.requests.slice(1).map(({ decoded }) => decoded.resources[0]?.attributes);
  assert.deepEqual(instances.map((attributes) => attributes?.["service.instance.id"]).sort(), ["agent", "engine"]);
  assert.equal(endedIn(receiver).length, 2);
});

test("a collection that fails exports nothing and ends nothing", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  const fleet = createFleet(["web"]);
  const broken = {
    fails: false,
    collect: () => (broken.fails ? Promise.reject(new Error("no sweep")) : fleet.collect()),
  };
  const { outlet, telemetry } = await startedOutlet(t, { endpoint: receiver.httpEndpoint }, broken);
  await receiver.waitFor(() => receiver.latest().size === 2);
  broken.fails = true;
  await outlet.exportOnce();
  await outlet.exportOnce();
  broken.fails = false;
  await outlet.exportOnce();
  assert.equal(receiver.requests.length, 2);
  assert.deepEqual(endedIn(receiver), []);
  assert.deepEqual(telemetry.said(), ["Exports arrive", "Nothing was collected for this export"]);
});

test("the SDK's own messages go to the log at debug level only", async (t: TestContext) => {
  const receiver = await receiverFor(t, "http/protobuf");
  receiver.faults.add({ kind: "status", status: 500 });
  const { telemetry } = await startedOutlet(t, { endpoint: receiver.httpEndpoint }, createFleet(["web"]));
  await eventually(() => telemetry.lines.some(({ message }) => message === "OpenTelemetry SDK"));
  assert.equal(telemetry.said().length, 1);
});

function endedIn(receiver: OtlpReceiver): string[] {
  const points = receiver.requests.flatMap(({ decoded }) => [...pointsOf(decoded)]);
  return points
    .filter(({ point }) => point.flags === 1)
    .map(({ metric, point }) => `${metric.name} ${point.attributes.name}`);
}
