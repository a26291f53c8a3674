import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loaded, refused } from "./load-from.ts";

const DEFAULT = "127.0.0.1:9103";

describe("where the door listens", () => {
  for (const listen of [
    "0.0.0.0:9103",
    "[::1]:9103",
    "[fe80::1%eth0]:9103",
    ":9103",
    "9103",
    "127.0.0.1:0",
    "unix:/run/t.sock",
    "unix:///run/t.sock",
    "off",
  ]) {
    test(`may be ${listen}`, () => {
      assert.equal(loaded({ env: { TALLYMAN_HTTP_LISTEN: listen } }).settings.http.listen, listen);
    });
  }

  for (const listen of [
    "",
    "localhost",
    "http://localhost:9103",
    "::1:9103",
    "host:port",
    "unix:relative",
    "/run/t.sock",
  ]) {
    test(`can't be ${JSON.stringify(listen)}`, () => {
      const { problems } = refused({ file: JSON.stringify({ http: { listen } }) });
      assert.match(problems.join("\n"), /^http\.listen .*expected "HOST:PORT"/);
    });
  }

  test("can't be a port beyond the last", () => {
    const { problems } = refused({ env: { TALLYMAN_HTTP_LISTEN: ":65536" } });
    assert.deepEqual(problems, ['http.listen (TALLYMAN_HTTP_LISTEN): got ":65536", but ports end at 65535.']);
  });

  test("is all interfaces in the image, unless the file or a variable says another", () => {
    const image = { TALLYMAN_DEFAULT_HTTP_LISTEN: ":9103" };
    const file = "{ http: { listen: '10.0.0.1:80' } }";
    assert.equal(loaded({}).settings.http.listen, DEFAULT);
    assert.equal(loaded({ env: image }).settings.http.listen, ":9103");
    assert.equal(loaded({ env: image, file }).settings.http.listen, "10.0.0.1:80");
    assert.equal(loaded({ env: { ...image, TALLYMAN_HTTP_LISTEN: "off" }, file }).settings.http.listen, "off");
  });

  test("is the default where the image's own says nothing that can be used", () => {
    for (const wrong of ["", "nonsense", ":70000"]) {
      const { settings, notes } = loaded({ env: { TALLYMAN_DEFAULT_HTTP_LISTEN: wrong } });
      assert.equal(settings.http.listen, DEFAULT);
      assert.equal(notes.filter((note) => note.endsWith("ignored.")).length, wrong === "" ? 0 : 1);
    }
  });
});

describe("the door's login", () => {
  test("needs a password for the name, and a name for the password", () => {
    const username = refused({ env: { TALLYMAN_HTTP_USERNAME: "prometheus" } });
    assert.deepEqual(username.problems, [
      "http.username (TALLYMAN_HTTP_USERNAME): needs http.password or http.passwordFile too.",
    ]);
    for (const [name, path] of [
      ["TALLYMAN_HTTP_PASSWORD", "http.password"],
      ["TALLYMAN_HTTP_PASSWORD_FILE", "http.passwordFile"],
    ] as const) {
      assert.deepEqual(refused({ env: { [name]: "x" } }).problems, [`${path} (${name}): needs http.username too.`]);
    }
  });

  test("has one place for each secret", () => {
    const env = { TALLYMAN_HTTP_BEARER_TOKEN: "a", TALLYMAN_HTTP_BEARER_TOKEN_FILE: "/b" };
    assert.match(
      refused({ env }).problems.join(),
      /^http\.bearerToken and http\.bearerTokenFile .*Keep one of them\.$/,
    );
  });

  test("takes a variable's token in place of the file's", () => {
    const file = "{ http: { bearerTokenFile: '/run/token' } }";
    const { settings, notes } = loaded({ env: { TALLYMAN_HTTP_BEARER_TOKEN: "a" }, file });
    assert.equal(settings.http.bearerToken, "a");
    assert.equal(settings.http.bearerTokenFile, undefined);
    assert.deepEqual(
      notes.filter((note) => note.startsWith("http.")),
      ["http.bearerTokenFile is not used, because a variable gives http.bearerToken."],
    );
  });
});

test("a certificate needs its key", () => {
  const { problems } = refused({ env: { TALLYMAN_HTTP_TLS_CERT: "/c.pem" } });
  assert.deepEqual(problems, ["http.tls.cert (TALLYMAN_HTTP_TLS_CERT): needs http.tls.key too."]);
});
