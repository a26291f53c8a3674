import assert from "node:assert/strict";
import { test } from "node:test";
import { createContainerChoice, nameOfContainer } from "../../src/inventory/container-choice.ts";
import type { ContainerFilter } from "../../src/inventory/inventory.ts";

const WEB = {
  Id: "ab".repeat(32),
  Names: ["/shop-web-1"],
  Image: "ghcr.io/shop/web:2.1",
  Labels: { "com.docker.compose.project": "shop", tier: "front", url: "http://a/b?c=d" },
};
const NONE: ContainerFilter = { names: [], images: [], labels: [] };

const CASES: [what: string, include: Partial<ContainerFilter>, exclude: Partial<ContainerFilter>, chosen: boolean][] = [
  ["nothing included means all", {}, {}, true],
  ["a name as it is", { names: ["shop-web-1"] }, {}, true],
  ["a name is matched whole", { names: ["shop"] }, {}, false],
  ["a glob of the name", { names: ["shop-*"] }, {}, true],
  ["one of several names", { names: ["db", "shop-web-?"] }, {}, true],
  ["alternatives in braces", { names: ["shop-{web,api}-1"] }, {}, true],
  ["an exclamation mark negates nothing", { names: ["!db"] }, {}, false],
  ["a star passes slashes in an image", { images: ["*/web:*"] }, {}, true],
  ["a star for the registry", { images: ["ghcr.io/*"] }, {}, true],
  ["another image", { images: ["nginx*"] }, {}, false],
  ["a label by name", { labels: ["tier"] }, {}, true],
  ["a label by a glob of its name", { labels: ["com.docker.*"] }, {}, true],
  ["a label by name and value", { labels: ["tier=front"] }, {}, true],
  ["a label of another value", { labels: ["tier=back"] }, {}, false],
  ["a label of no value", { labels: ["tier="] }, {}, false],
  ["a label by a glob of its value", { labels: ["tier=fr*"] }, {}, true],
  ["a value with an equals sign and slashes", { labels: ["url=http://*c=d"] }, {}, true],
  ["all kinds of filter have to agree", { names: ["shop-*"], labels: ["tier=back"] }, {}, false],
  ["an excluded name", {}, { names: ["*-web-*"] }, false],
  ["an excluded image", {}, { images: ["ghcr.io/*"] }, false],
  ["an excluded label", {}, { labels: ["tier=front"] }, false],
  ["one kind of exclusion is enough", {}, { names: ["db"], labels: ["tier"] }, false],
  ["exclusion wins over inclusion", { names: ["shop-web-1"] }, { labels: ["com.docker.compose.project=shop"] }, false],
];

for (const [what, include, exclude, chosen] of CASES) {
  test(`${what}: ${chosen ? "chosen" : "left out"}`, () => {
    const choice = createContainerChoice({ include: { ...NONE, ...include }, exclude: { ...NONE, ...exclude } });
    assert.equal(choice.chooses(WEB, WEB.Image), chosen);
  });
}

for (const value of ["false", "FALSE", "0", "no", "No", " false "]) {
  test(`the container's own label tallyman.enable=${JSON.stringify(value)} leaves it out`, () => {
    const choice = createContainerChoice({ include: { ...NONE, names: ["*"] }, exclude: NONE });
    assert.ok(!choice.chooses({ ...WEB, Labels: { "tallyman.enable": value } }, WEB.Image));
  });
}

for (const value of ["true", "1", "yes", "", "nothing"]) {
  test(`tallyman.enable=${JSON.stringify(value)} does not`, () => {
    const choice = createContainerChoice({ include: NONE, exclude: NONE });
    assert.ok(choice.chooses({ ...WEB, Labels: { "tallyman.enable": value } }, WEB.Image));
  });
}

test("while the image's name is unknown, only the other filters are asked", () => {
  const choice = createContainerChoice({
    include: { ...NONE, images: ["nginx*"] },
    exclude: { ...NONE, names: ["db"] },
  });
  assert.ok(choice.chooses(WEB, undefined));
  assert.ok(!choice.chooses({ ...WEB, Names: ["/db"] }, undefined));
});

test("a label's value may hold line breaks", () => {
  const choice = createContainerChoice({ include: { ...NONE, labels: ["note=a*b"] }, exclude: NONE });
  assert.ok(choice.chooses({ ...WEB, Labels: { note: "a\nb" } }, WEB.Image));
});

test("a container's name is its own, not a link's alias", () => {
  const Id = "ab".repeat(32);
  assert.equal(nameOfContainer({ Id, Names: ["/other/db", "/db"] }), "db");
  assert.equal(nameOfContainer({ Id, Names: ["db"] }), "db");
  assert.equal(nameOfContainer({ Id, Names: null }), Id);
  assert.equal(nameOfContainer({ Id, Names: ["/a/b"] }), Id);
});
