import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "../../src/engine/address.ts";

const UNDERSTOOD: [given: string, text: string][] = [
  ["unix:///var/run/docker.sock", "unix:///var/run/docker.sock"],
  ["/run/user/1000/docker.sock", "unix:///run/user/1000/docker.sock"],
  ["  /var/run/docker.sock\n", "unix:///var/run/docker.sock"],
  ["unix:/var/run/docker.sock", "unix:///var/run/docker.sock"],
  ["npipe:////./pipe/docker_engine", "npipe:////./pipe/docker_engine"],
  ["npipe://./pipe/docker_engine", "npipe:////./pipe/docker_engine"],
  ["//./pipe/docker_engine", "npipe:////./pipe/docker_engine"],
  ["\\\\.\\pipe\\docker_engine", "npipe:////./pipe/docker_engine"],
  ["tcp://10.0.0.5", "tcp://10.0.0.5:2375"],
  ["tcp://10.0.0.5:2376", "tcp://10.0.0.5:2376"],
  ["tcp://proxy:80", "tcp://proxy:80"],
  ["TCP://proxy:2375/", "tcp://proxy:2375"],
  ["tcp://[::1]:2375", "tcp://[::1]:2375"],
  ["http://proxy", "http://proxy:80"],
  ["http://proxy:8080/docker/", "http://proxy:8080/docker"],
  ["https://engine:2376", "https://engine:2376"],
  ["https://engine", "https://engine:443"],
];

for (const [given, text] of UNDERSTOOD) {
  test(`${JSON.stringify(given)} is understood as ${text}`, () => {
    assert.equal(parseAddress(given).text, text);
  });
}

test("a pipe's path is what Node connects to on Windows", () => {
  assert.deepEqual(parseAddress("\\\\.\\pipe\\docker_engine"), {
    kind: "pipe",
    path: "//./pipe/docker_engine",
    text: "npipe:////./pipe/docker_engine",
  });
});

test("tcp with certificates means https, at port 2376", () => {
  const address = parseAddress("tcp://engine", { tls: true });
  assert.ok(address.kind === "tcp");
  assert.deepEqual([address.protocol, address.port], ["https", 2376]);
});

test("an IPv6 host loses its brackets", () => {
  const address = parseAddress("tcp://[fe80::1]:2375");
  assert.equal(address.kind === "tcp" && address.host, "fe80::1");
});

const REFUSED: [given: string, message: RegExp][] = [
  ["ssh://user@host", /ssh is not spoken here.*ssh -N -L/],
  ["", /"" is not understood: expected unix:/],
  ["docker.sock", /is not understood/],
  ["unix://", /has no absolute path/],
  ["unix://docker.sock", /has no absolute path/],
  ["npipe://docker_engine", /names no pipe/],
  ["tcp://", /is no URL/],
  ["tcp://host:99999", /is no URL/],
  ["http://user:secret@host:2375", /certificates only/],
  ["http://host:2375/?a=b", /has a query/],
  ["fd://", /is not understood/],
];

for (const [given, message] of REFUSED) {
  test(`${JSON.stringify(given)} is refused`, () => {
    assert.throws(() => parseAddress(given), message);
  });
}

test("a password in an address does not get into the message", () => {
  assert.throws(
    () => parseAddress("http://user:secret@host:2375"),
    (error: Error) => !error.message.includes("secret"),
  );
});
