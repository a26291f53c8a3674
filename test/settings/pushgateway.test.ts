import assert from "node:assert/strict";
import { test } from "node:test";
import { loaded, refused } from "./load-from.ts";

const problems = (env: Record<string, string>) => refused({ env }).problems.join("\n");

test("nothing goes to a Pushgateway unless its address is given", () => {
  assert.equal(loaded({}).settings.pushgateway.address, undefined);
});

test("an address is HOST:PORT or a URL; credentials have settings of their own", () => {
  for (const address of ["pushgateway:9091", "http://pushgateway:9091", "https://x.example/push/", "[::1]:9091"]) {
    assert.equal(loaded({ env: { TALLYMAN_PUSHGATEWAY_ADDRESS: address } }).settings.pushgateway.address, address);
  }
  for (const address of ["pushgateway", "ftp://x:1", "http://a:b@host:9091", "http://host?x"]) {
    assert.match(problems({ TALLYMAN_PUSHGATEWAY_ADDRESS: address }), /pushgateway\.address/);
  }
});

test("labels of the group are labels, and the job is apart", () => {
  const { settings } = loaded({ file: `{ pushgateway: { groupingKey: { instance: "", site: "north/1" } } }` });
  assert.deepEqual(settings.pushgateway.groupingKey, { instance: "", site: "north/1" });
  for (const name of ["job", "__name__", "a-b"]) {
    const { problems } = refused({ file: `{ pushgateway: { groupingKey: { "${name}": "x" } } }` });
    assert.match(problems.join("\n"), /pushgateway\.groupingKey/);
  }
});

test("a name needs a password, a password a name, and goes before a token, which is said", () => {
  const user = { TALLYMAN_PUSHGATEWAY_USERNAME: "me" };
  const password = { TALLYMAN_PUSHGATEWAY_PASSWORD: "hunter2" };
  const token = { TALLYMAN_PUSHGATEWAY_BEARER_TOKEN: "a-token" };
  assert.match(problems(user), /needs pushgateway\.password or pushgateway\.passwordFile/);
  assert.match(problems(password), /needs pushgateway\.username/);
  const { settings, notes } = loaded({ env: { ...user, ...password, ...token } });
  assert.ok(notes.includes("pushgateway.bearerToken is not used, because pushgateway.username is given."));
  assert.doesNotMatch(problems(password), /hunter2/);
  assert.equal(settings.pushgateway.username, "me");
});
