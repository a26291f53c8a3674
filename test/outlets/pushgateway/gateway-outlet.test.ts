import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { labelSet } from "../../../src/families/label-set.ts";
import { hrTimeFromMs, type MetricFamily, metricFamily } from "../../../src/families/metric-family.ts";
import { checkGateway } from "../../../src/outlets/pushgateway/check-gateway.ts";
import type { GatewayOptions } from "../../../src/outlets/pushgateway/gateway-options.ts";
import { createGatewayOutlet } from "../../../src/outlets/pushgateway/gateway-outlet.ts";
import { pushOnce } from "../../../src/outlets/pushgateway/push-once.ts";
import { eventually } from "../../support/eventually.ts";
import { serverTls, tlsFile } from "../../support/tls.ts";
import { NEVER_MS, watchedTelemetry } from "../otlp/outlet-support.ts";
import { startGatewayDouble } from "./gateway-double.ts";

const GENEROUS = { withinMs: 30_000 };
/** Where a stop's work is looked at: a busy machine may take its time. */
const PATIENT = { ongoingMs: 30_000, collectionMs: 30_000, requestMs: 30_000 };
const PATH = "/metrics/job/tallyman/instance/host-1";
const at = hrTimeFromMs(1_795_235_908_787);

test("pushes at once, by PUT, what there is, in the text format", async (t) => {
  const { gateway } = await start(t, ["web", "db"]);
  const { method, path, headers, body } = await gateway.request(0);
  assert.deepEqual([method, path], ["PUT", PATH]);
  assert.equal(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(body, '# HELP up Up.\n# TYPE up gauge\nup{name="web"} 1\nup{name="db"} 1\n');
});

test("pushes again at each interval, and what is no more is not in it", async (t) => {
  const { gateway, names } = await start(t, ["web", "db"], { intervalMs: 200 });
  await gateway.request(0);
  names.delete("db");
  await eventually(() => gateway.groups.get(PATH)?.endsWith('\nup{name="web"} 1\n'), GENEROUS);
});

test("what is refused is said once, with the Pushgateway's words and what to do; what works again, too", async (t) => {
  const { gateway, telemetry, outlet, pushUntil } = await start(t, ["web"], {}, 400);
  await pushUntil(() => gateway.seen.length > 4);
  gateway.status = 200;
  await pushUntil(() => telemetry.said().length === 2);
  assert.deepEqual(telemetry.said(), ["Exports fail, the next ones make good what is missed", "Exports arrive again"]);
  const failed = telemetry.lines.find(({ level }) => level === "warn");
  assert.equal(failed?.fields.outlet, "pushgateway");
  assert.equal(failed?.fields.reason, "HTTP 400");
  assert.equal(failed?.fields.detail, "refused with 400");
  assert.match(String(failed?.fields.remedy), /another type/);
  assert.match(outlet.standing.lastError?.text ?? "", /HTTP 400: refused with 400\. The Pushgateway says/);
  assert.equal(outlet.standing.isFailing, false);
  assert.ok(telemetry.count("tallyman_exports_total", { outlet: "pushgateway", outcome: "failure" }) >= 4);
});

test("a refusal in the midst of an overload is another trouble, and said too", async (t) => {
  const { gateway, telemetry, pushUntil } = await start(t, ["web"], {}, 503);
  await pushUntil(() => gateway.seen.length > 2);
  gateway.status = 401;
  await pushUntil(() => telemetry.said().length === 2);
  gateway.status = 503;
  const seen = gateway.seen.length;
  await pushUntil(() => gateway.seen.length > seen + 3);
  const reasons = telemetry.lines.filter(({ level }) => level === "warn").map(({ fields }) => fields.reason);
  assert.deepEqual(reasons, ["HTTP 503", "HTTP 401"]);
});

test("a Pushgateway that goes away and comes back gets the next push", async (t) => {
  const { gateway, telemetry, pushUntil } = await start(t, ["web"]);
  await pushUntil(() => telemetry.said().length === 1);
  await gateway.close();
  await pushUntil(() => telemetry.said().length === 2);
  const again = await startGatewayDouble(t, { port: Number(gateway.address.split(":")[1]) });
  await pushUntil(() => again.seen.length > 0 && telemetry.said().length === 3);
  assert.deepEqual(telemetry.said(), [
    "Exports arrive",
    "Exports fail, the next ones make good what is missed",
    "Exports arrive again",
  ]);
});

test("a Pushgateway that does not answer is given up when the time is up", async (t) => {
  const { telemetry } = await start(t, ["web"], { timeoutMs: 30, intervalMs: 60 }, "hang");
  const failed = await eventually(() => telemetry.lines.find(({ level }) => level === "warn"), GENEROUS);
  assert.equal(failed.fields.reason, "timeout");
});

test("a clean stop pushes the newest once more", async (t) => {
  const { gateway, names, outlet } = await start(t, ["web"], {}, 200, PATIENT);
  await gateway.request(0);
  names.add("late");
  await outlet.stop();
  assert.match(gateway.groups.get(PATH) ?? "", /late/);
  assert.equal(gateway.seen.length, 2);
});

test("with deleteOnExit a clean stop removes the group", async (t) => {
  const { gateway, outlet } = await start(t, ["web"], { deleteOnExit: true }, 200, PATIENT);
  await gateway.request(0);
  await eventually(() => outlet.standing.lastSuccessMs !== undefined, GENEROUS);
  await outlet.stop();
  assert.deepEqual([...gateway.groups], []);
  assert.deepEqual(
    gateway.seen.map(({ method }) => method),
    ["PUT", "DELETE"],
  );
});

test("a stop ends while the Pushgateway hangs, and while a collection does", async (t) => {
  const { gateway, outlet } = await start(t, ["web"], {}, "hang");
  await gateway.request(0);
  await outlet.stop();
  const telemetry = watchedTelemetry();
  const stuck = createGatewayOutlet(optionsFor(gateway.address), {
    source: { collect: () => new Promise(() => {}) },
    telemetry,
  });
  stuck.start();
  await stuck.stop();
  assert.deepEqual(telemetry.said(), ["Nothing was collected for this export"]);
});

test("a collection that fails is said once, and the next push goes on", async (t) => {
  let fails = true;
  const gateway = await startGatewayDouble(t);
  const telemetry = watchedTelemetry();
  const source = {
    async collect() {
      if (fails) throw new Error("no numbers");
      return [[familyOf(["web"])]];
    },
  };
  const outlet = createGatewayOutlet(optionsFor(gateway.address), { source, telemetry });
  t.after(() => outlet.stop());
  outlet.start();
  await eventually(() => telemetry.said().length === 1, GENEROUS);
  fails = false;
  outlet.pushSoon();
  await gateway.request(0);
  assert.equal(telemetry.said()[0], "Nothing was collected for this export");
});

test("a group whose labels change is removed under its old ones", async (t) => {
  let instance = "not-known-yet";
  const groupingKey = () => ({ job: "tallyman", labels: { instance } });
  const { gateway, pushUntil, outlet } = await start(t, ["web"], { groupingKey });
  await pushUntil(() => outlet.standing.lastSuccessMs !== undefined);
  instance = "host-1";
  await pushUntil(() => gateway.groups.has(PATH));
  assert.deepEqual([...gateway.groups.keys()], [PATH]);
});

test("shows the credentials that it was given, from files as they are now", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "gateway-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, "first\n");
  const { gateway, outlet } = await start(t, ["web"], { username: "me", passwordFile });
  const basic = (password: string) => `Basic ${Buffer.from(`me:${password}`).toString("base64")}`;
  assert.equal((await gateway.request(0)).headers.authorization, basic("first"));
  await writeFile(passwordFile, "second\n");
  outlet.pushSoon();
  assert.equal((await gateway.request(1)).headers.authorization, basic("second"));

  const { gateway: other } = await start(t, ["web"], { bearerToken: "a-token" });
  assert.equal((await other.request(0)).headers.authorization, "Bearer a-token");
});

test("a credentials file that can't be read is said, and nothing is sent", async (t) => {
  const { gateway, telemetry } = await start(t, ["web"], { bearerTokenFile: "/nowhere/token" });
  const failed = await eventually(() => telemetry.lines.find(({ level }) => level === "warn"), GENEROUS);
  assert.equal(failed.fields.reason, "not sent");
  assert.match(String(failed.fields.detail), /\/nowhere\/token/);
  assert.equal(gateway.seen.length, 0);
});

test("speaks TLS with the authority that it was given, and with no other", async (t) => {
  const gateway = await startGatewayDouble(t, { tls: serverTls() });
  const push = (tls: GatewayOptions["tls"]) =>
    pushOnce(optionsFor(`https://${gateway.address}`, { tls }), { groups: [[familyOf(["a"])]], groupingKey: KEY });
  assert.deepEqual(await push({ ca: tlsFile("ca.crt") }), { ok: true });
  const refused = await push({});
  assert.ok(!refused.ok);
  assert.match(refused.remedy, /pushgateway\.tls\.ca/);
});

test("one push by itself says what became of it", async (t) => {
  const gateway = await startGatewayDouble(t);
  const push = (address: string) =>
    pushOnce(optionsFor(address), {
      groups: [[familyOf(["a"])]],
      groupingKey: { job: "exporter", labels: { path: "/x" } },
    });
  assert.deepEqual(await push(`http://${gateway.address}/prefix/`), { ok: true });
  assert.equal(gateway.seen[0]?.path, "/prefix/metrics/job/exporter/path@base64/L3g");
  gateway.status = 400;
  assert.deepEqual(await push(gateway.address), {
    ok: false,
    message: `http://${gateway.address}/: HTTP 400: refused with 400`,
    remedy:
      "The Pushgateway says what it can't take: often a metric that another group has in another type. Its /metrics shows the groups.",
  });
  await gateway.close();
  const gone = await push(gateway.address);
  assert.ok(!gone.ok);
  assert.match(gone.message, /ECONNREFUSED/);
});

test("a check asks whether it is ready, and pushes nothing", async (t) => {
  const gateway = await startGatewayDouble(t);
  assert.deepEqual(await checkGateway(optionsFor(gateway.address)), {
    ok: true,
    message: `http://${gateway.address}/: a Pushgateway is ready`,
  });
  assert.deepEqual(
    gateway.seen.map(({ method, path }) => [method, path]),
    [["GET", "/-/ready"]],
  );
  gateway.status = 401;
  const refused = await checkGateway(optionsFor(gateway.address));
  assert.ok(!refused.ok);
  assert.match(refused.remedy, /pushgateway\.username/);
});

const KEY = { job: "tallyman", labels: { instance: "host-1" } };

function optionsFor(address: string, changes: Partial<GatewayOptions> = {}): GatewayOptions {
  const defaults = { tls: {}, timeoutMs: 30_000, intervalMs: NEVER_MS, deleteOnExit: false, groupingKey: () => KEY };
  return { address, ...defaults, ...changes };
}

async function start(
  t: TestContext,
  containers: readonly string[],
  changes: Partial<GatewayOptions> = {},
  status: number | "hang" = 200,
  stopLimits?: typeof PATIENT,
) {
  const gateway = await startGatewayDouble(t);
  gateway.status = status;
  const names = new Set(containers);
  const telemetry = watchedTelemetry();
  const source = { collect: async () => [[familyOf([...names])]] };
  const outlet = createGatewayOutlet(optionsFor(gateway.address, changes), {
    source,
    telemetry,
    ...(stopLimits && { stopLimits }),
  });
  t.after(() => outlet.stop());
  outlet.start();
  const pushUntil = (condition: () => boolean) =>
    eventually(() => {
      outlet.pushSoon();
      return condition();
    }, GENEROUS);
  return { gateway, outlet, telemetry, names, pushUntil };
}

function familyOf(names: readonly string[]): MetricFamily {
  const family = metricFamily({ name: "up", help: "Up.", kind: "gauge" });
  for (const name of names) {
    family.dataPoints.push({ attributes: labelSet({ name }), value: 1, startTime: at, endTime: at });
  }
  return family;
}
