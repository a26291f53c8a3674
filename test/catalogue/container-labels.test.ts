import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_LABEL_OPTIONS } from "../../src/catalogue/catalogue.ts";
import { createContainerLabels } from "../../src/catalogue/container-labels.ts";
import { type LabelOptions, labelScheme } from "../../src/catalogue/label-schemes.ts";
import { identityOf } from "./sweeps.ts";

type Labels = Readonly<Record<string, string>>;

/** Without id, name and image. */
function labelsFrom(labels: Labels, { env = {}, ...options }: Partial<LabelOptions> & { env?: Labels } = {}): Labels {
  const made = createContainerLabels(labelScheme("cadvisor", { ...DEFAULT_LABEL_OPTIONS, ...options })).of(
    identityOf({ labels, env }),
  );
  const { id: _, name: _name, image: _image, ...rest } = made;
  return rest;
}

test("a container is known by cgroup path, name and image", () => {
  const { id, name, image } = createContainerLabels(labelScheme("cadvisor", DEFAULT_LABEL_OPTIONS)).of(identityOf());
  assert.deepEqual({ id, name, image }, { id: `/docker/${"ab".repeat(32)}`, name: "web", image: "shop/web:1" });
});

describe("a label's name", () => {
  test("is made valid as cAdvisor does it", () => {
    assert.deepEqual(labelsFrom({ "weird.label/x-y": "v", "1digit": "x", ünï: "u" }), {
      container_label_weird_label_x_y: "v",
      container_label_1digit: "x",
      container_label__n_: "u",
    });
  });

  test("that two labels would share is the first one's, in whichever order they come", () => {
    const expected = { container_label_a_b: "first" };
    assert.deepEqual(labelsFrom({ "a.b": "second", "a-b": "first", a_b: "third" }), expected);
    assert.deepEqual(labelsFrom({ a_b: "third", "a-b": "first", "a.b": "second" }), expected);
  });

  test("is never one of ours, nor of an object's own", () => {
    const hostile = { id: "x", name: "y", image: "z", cpu: "c", ["__proto__"]: "p", constructor: "q" };
    const made = createContainerLabels(labelScheme("cadvisor", DEFAULT_LABEL_OPTIONS)).of(
      identityOf({ labels: hostile }),
    );
    assert.equal(made.name, "web");
    assert.equal(made.container_label_id, "x");
    assert.equal(made.container_label_constructor, "q");
  });
});

describe("a label's value", () => {
  test("is left out when empty", () => assert.deepEqual(labelsFrom({ a: "" }), {}));

  test("is cut at the limit, never within a character", () => {
    const cut = (value: string, maxValueLength: number) =>
      labelsFrom({ a: value }, { maxValueLength }).container_label_a;
    assert.equal(cut("abcdef", 4), "abcd");
    assert.equal(cut("abc😀", 4), "abc");
    assert.equal(cut("abc😀", 5), "abc😀");
    assert.equal(cut("ab\ud83d", 4), "ab\ufffd");
  });
});

describe("allow and deny", () => {
  const LABELS = { "com.example.team": "a", "com.example.tier/x": "b", other: "c" };

  test("are globs in which a star matches dots and slashes, and deny wins", () => {
    assert.deepEqual(labelsFrom(LABELS, { allow: ["com.*"], deny: ["*/x"] }), {
      container_label_com_example_team: "a",
    });
    assert.deepEqual(labelsFrom(LABELS, { allow: ["COM.example.TEAM"] }), { container_label_com_example_team: "a" });
  });

  test("allow nothing by an empty list", () => assert.deepEqual(labelsFrom(LABELS, { allow: [] }), {}));

  test("deny nothing by an empty list", () => {
    assert.deepEqual(labelsFrom({ "com.docker.compose.config-hash": "f" }, { deny: [] }), {
      container_label_com_docker_compose_config_hash: "f",
    });
  });

  test("by default leave out what leaks or churns", () => {
    const denied = [
      "com.docker.compose.config-hash",
      "com.docker.compose.project.working_dir",
      "com.docker.compose.project.config_files",
      "com.docker.compose.project.environment_file",
      "com.docker.compose.image",
      "com.docker.compose.depends_on",
      "com.docker.compose.replace",
      "desktop.docker.io/binds/0/Source",
      "traefik.http.middlewares.auth.basicauth.users",
      "traefik.http.middlewares.auth.basicAuth.users",
      "traefik.http.middlewares.auth.digestauth.users",
      "traefik.frontend.auth.basic.users",
      "traefik.http.middlewares.x.headers.customrequestheaders.Authorization",
      "caddy.basic_auth.bob",
      "caddy_0.basicauth.bob",
      "homepage.widget.key",
      "homepage.widgets[0].password",
      "devcontainer.local_folder",
      "com.example.db-password",
      "com.example.API_KEY",
      "com.example.access-token",
    ];
    assert.deepEqual(labelsFrom(Object.fromEntries(denied.map((name) => [name, "v"]))), {});
  });

  test("by default keep what dashboards group by", () => {
    const kept = [
      "com.docker.compose.project",
      "com.docker.compose.service",
      "com.docker.compose.container-number",
      "com.docker.compose.oneoff",
      "com.docker.swarm.service.name",
      "com.docker.stack.namespace",
      "org.opencontainers.image.version",
      "traefik.enable",
      "traefik.http.routers.web.rule",
      "maintainer",
    ];
    assert.equal(Object.keys(labelsFrom(Object.fromEntries(kept.map((name) => [name, "v"])))).length, kept.length);
  });
});

test("environment variables have a prefix of their own and names in lower case", () => {
  assert.deepEqual(labelsFrom({ app_version: "l" }, { env: { APP_VERSION: "1", "my.var": "2" } }), {
    container_label_app_version: "l",
    container_env_app_version: "1",
    container_env_my_var: "2",
  });
});

describe("a label set", () => {
  test("is the same object for the same identity, and for a new one that says the same", () => {
    const labels = createContainerLabels(labelScheme("cadvisor", DEFAULT_LABEL_OPTIONS));
    const first = labels.of(identityOf({ labels: { a: "1" } }));
    assert.equal(labels.of(identityOf({ labels: { a: "1" } })), first);
    assert.notEqual(labels.of(identityOf({ labels: { a: "2" } })), first);
    assert.notEqual(labels.of(identityOf({ name: "renamed" })), first);
  });

  test("is forgotten with its container", () => {
    const labels = createContainerLabels(labelScheme("cadvisor", DEFAULT_LABEL_OPTIONS));
    const gone = labels.of(identityOf({ containerId: "gone" }));
    const kept = labels.of(identityOf({ containerId: "kept" }));
    labels.keepOnly(new Set(["kept"]));
    assert.notEqual(labels.of(identityOf({ containerId: "gone" })), gone);
    assert.equal(labels.of(identityOf({ containerId: "kept" })), kept);
  });
});
