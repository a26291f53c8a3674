import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loaded } from "./load-from.ts";

describe("the Docker client's variables", () => {
  test("DOCKER_HOST names the engine when no setting does", () => {
    assert.equal(loaded({ env: { DOCKER_HOST: "tcp://h:2375" } }).settings.engine.address, "tcp://h:2375");
  });

  test("with DOCKER_TLS_VERIFY it is reached by TLS with the files of DOCKER_CERT_PATH", () => {
    const { settings } = loaded({
      env: { DOCKER_HOST: "tcp://h:2376", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" },
    });
    assert.equal(settings.engine.address, "https://h:2376");
    assert.deepEqual(settings.engine.tls, { ca: "/certs/ca.pem", cert: "/certs/cert.pem", key: "/certs/key.pem" });
  });

  test("the files are in ~/.docker when DOCKER_CERT_PATH is not set", () => {
    const { settings } = loaded({ env: { DOCKER_HOST: "tcp://h:2376", DOCKER_TLS_VERIFY: "1", HOME: "/home/me" } });
    assert.equal(settings.engine.tls.ca, "/home/me/.docker/ca.pem");
  });

  test("the files are not used for an engine that a setting names, nor for a socket", () => {
    const docker = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" };
    const other = { ...docker, DOCKER_HOST: "tcp://h:2376", TALLYMAN_ENGINE_ADDRESS: "https://other:2376" };
    assert.deepEqual(loaded({ env: other }).settings.engine.tls, {});
    assert.deepEqual(loaded({ env: { ...docker, DOCKER_HOST: "unix:///d.sock" } }).settings.engine.tls, {});
  });

  test("without DOCKER_TLS_VERIFY the files are not used", () => {
    const env = { DOCKER_HOST: "tcp://h:2375", DOCKER_TLS_VERIFY: "", DOCKER_CERT_PATH: "/certs" };
    assert.deepEqual(loaded({ env }).settings.engine.tls, {});
  });

  test("an address that is not spoken is told and left aside", () => {
    const ssh = loaded({ env: { DOCKER_HOST: "ssh://me@h" } });
    assert.equal(ssh.settings.engine.address, undefined);
    assert.ok(ssh.notes.includes("DOCKER_HOST names an ssh:// address, which Tallyman does not speak; ignored."));
    assert.equal(loaded({ env: { DOCKER_HOST: "nonsense" } }).settings.engine.address, undefined);
  });
});
