import assert from "node:assert/strict";
import { test } from "node:test";
import { gatewayUrl } from "../../../src/outlets/pushgateway/gateway-address.ts";
import { groupPath } from "../../../src/outlets/pushgateway/group-path.ts";

const path = (job: string, labels: Record<string, string> = {}) => groupPath({ job, labels });

test("a group's path names its job first, then its labels in order", () => {
  assert.equal(path("tallyman"), "/metrics/job/tallyman");
  assert.equal(path("a", { instance: "host:9100", site: "north" }), "/metrics/job/a/instance/host:9100/site/north");
});

test("what can't stand in a path goes in base64, as the Pushgateway's README spells it", () => {
  assert.equal(path("titan", { name: "Προμηθεύς" }), "/metrics/job/titan/name@base64/zqDPgc6_zrzOt864zrXPjc-C");
  assert.equal(
    path("directory_cleaner", { path: "/var/tmp" }),
    "/metrics/job/directory_cleaner/path@base64/L3Zhci90bXA",
  );
  for (const value of [".", "..", "a b", "a%2Fb", "a?b", "a#b", "a@b"]) {
    const [, encoded = ""] = /^\/metrics\/job@base64\/([\w-]+)$/.exec(path(value)) ?? [];
    assert.equal(Buffer.from(encoded, "base64url").toString(), value);
  }
});

test("an empty label is an absent one, and an empty job none", () => {
  assert.equal(path("a", { instance: "" }), "/metrics/job/a");
  assert.throws(() => path(""), /empty/);
});

test("an address is HOST:PORT or a URL, of which the path is kept", () => {
  assert.equal(gatewayUrl("pushgateway:9091").href, "http://pushgateway:9091/");
  assert.equal(gatewayUrl("[::1]:9091").host, "[::1]:9091");
  assert.equal(gatewayUrl("https://metrics.example.com/push/").href, "https://metrics.example.com/push/");
});

test("an address that is none, or holds credentials, is refused without showing them", () => {
  assert.throws(() => gatewayUrl("not an address"), /expected HOST:PORT/);
  assert.throws(() => gatewayUrl("http://"), /expected HOST:PORT/);
  assert.throws(
    () => gatewayUrl("http://user:hunter2@host:9091"),
    ({ message }: Error) => /pushgateway\.password/.test(message) && !message.includes("hunter2"),
  );
});
