import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

const ROOT = resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const composeFiles = [
  "compose.example.yml",
  ...readdirSync(join(ROOT, "deploy")).map((name) => `deploy/${name}`),
].filter((name) => name.endsWith(".yml"));

test("the README's compose paste is the file, to the letter", () => {
  const paste = /^```yaml\n(.*?)^```$/ms.exec(read("README.md"))?.[1];
  assert.equal(paste, read("compose.example.yml"));
});

test("the README's npx line names the package's version", () => {
  assert.ok(read("README.md").includes(`./tallyman-${JSON.parse(read("package.json")).version}.tgz`));
});

test("all that the Dockerfile copies of the project gets past .dockerignore, and nothing else does", () => {
  const copied = [...read("Dockerfile").matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources]) =>
    (sources as string).split(" "),
  );
  const lines = read(".dockerignore")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  assert.equal(lines[0], "*");
  assert.deepEqual(
    lines
      .slice(1)
      .map((line) => line.replace(/^!/, ""))
      .sort(),
    copied.sort(),
  );
  for (const source of copied) assert.ok(existsSync(join(ROOT, source)), source);
});

test("the image runs as a user without rights, and its commands need no shell", () => {
  const dockerfile = read("Dockerfile");
  const run = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
  assert.match(run, /^USER 65532:65532$/m);
  assert.match(run, /^ENTRYPOINT \["/m);
  assert.match(run, /^ {2}CMD \["\/nodejs\/bin\/node", "\/tallyman\/tallyman\.mjs", "health"\]$/m);
  assert.doesNotMatch(run, /^RUN /m);
});

test("a Dockerfile that asks for a registry's syntax could not be built without one", () => {
  assert.doesNotMatch(read("Dockerfile"), /^#\s*syntax=/m);
});

for (const file of composeFiles) {
  test(`${file} pins its images, mounts the socket read-only, and gives nobody privileges`, () => {
    const text = read(file);
    for (const [, image] of text.matchAll(/^ +image: (\S+)$/gm))
      assert.match(image as string, /^tallyman$|:v?\d+\.\d+\.\d+$/);
    for (const [mount] of text.matchAll(/docker\.sock\}?:[^"]+/g)) assert.match(mount, /:ro$/);
    assert.doesNotMatch(text, /privileged|pid: host|network_mode|SYS_|: latest|POST: 1/);
  });
}

test("what is built here is never asked of a registry, where another's may have its name", () => {
  for (const file of composeFiles) {
    for (const [, rest] of read(file).matchAll(/^ {4}build: .*\n((?: {4}.*\n)+)/gm))
      assert.match(rest as string, /^ {4}pull_policy: build$/m, file);
  }
});

test("the agent has a read-only root and no capability wherever a file starts it itself", () => {
  for (const file of composeFiles) {
    const [, agent = ""] = /^ {2}tallyman:\n((?: {4}.*\n)+)/m.exec(read(file)) ?? [];
    assert.notEqual(agent, "", file);
    if (agent.includes("extends:")) continue;
    for (const line of ["read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]'])
      assert.ok(agent.includes(line), `${file}: ${line}`);
  }
});
