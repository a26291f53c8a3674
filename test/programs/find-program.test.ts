import assert from "node:assert/strict";
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { findProgram, type ProgramChoice, programNames } from "../../src/programs/find-program.ts";
import { folder } from "./programs.ts";

const DEFAULTS = { timeLimitMs: 10_000, clientArguments: ["--all"] };

describe("a program of the settings", () => {
  const choice: ProgramChoice = {
    ...DEFAULTS,
    list: { dummy: { command: "/d" }, slow: { command: "/s", timeLimitMs: 1, clientArguments: [], arguments: ["-x"] } },
  };

  test("has what was set, and the defaults", async () => {
    assert.deepEqual(await findProgram(choice, "dummy"), {
      program: {
        ...{ name: "dummy", command: "/d", arguments: [], environment: {}, workingFolder: undefined },
        ...{ timeLimitMs: 10_000, clientArguments: ["--all"], intervalMs: undefined },
      },
    });
    const found = await findProgram(choice, "slow");
    assert.ok(found && "program" in found);
    assert.deepEqual(
      [found.program.timeLimitMs, found.program.clientArguments, found.program.arguments],
      [1, [], ["-x"]],
    );
  });

  for (const name of ["other", "", "toString", "__proto__", "constructor", "../dummy", "dummy/", "dummy\n", "/d"]) {
    test(`is not found as ${JSON.stringify(name)}`, async () =>
      assert.equal(await findProgram(choice, name), undefined));
  }
});

describe("a folder of executables", () => {
  test("has each as a program of its file's name, looked for anew each time", async (t) => {
    const choice = await withFolder(t, {});
    assert.equal(await findProgram(choice, "dummy"), undefined);
    await executable(choice.folder, "dummy");
    assert.deepEqual(await commandOf(choice, "dummy"), join(choice.folder, "dummy"));
    assert.deepEqual((await programNames(choice)).names, ["dummy"]);
    await rm(join(choice.folder, "dummy"));
    assert.equal(await findProgram(choice, "dummy"), undefined);
    assert.deepEqual((await programNames(choice)).names, []);
  });

  test("is run with what was set for the name", async (t) => {
    const choice = await withFolder(t, { list: { dummy: { arguments: ["-x"], intervalMs: 1000 } } });
    assert.deepEqual(await findProgram(choice, "dummy"), { refused: `is not in ${choice.folder} (programs.folder)` });
    await executable(choice.folder, "dummy");
    const found = await findProgram(choice, "dummy");
    assert.ok(found && "program" in found);
    assert.deepEqual([found.program.arguments, found.program.intervalMs], [["-x"], 1000]);
  });

  test("is followed where it links to, as plugins are linked in", async (t) => {
    const choice = await withFolder(t, {});
    const elsewhere = await folder(t);
    await executable(elsewhere, "real");
    await symlink(join(elsewhere, "real"), join(choice.folder, "linked"));
    assert.equal(await commandOf(choice, "linked"), join(elsewhere, "real"));
    await symlink("/nowhere", join(choice.folder, "dangling"));
    assert.equal(await findProgram(choice, "dangling"), undefined);
  });

  test("is left by no name: no path, no hidden file, no folder", async (t) => {
    const choice = await withFolder(t, {});
    await executable(choice.folder, ".hidden");
    await mkdir(join(choice.folder, "sub"));
    await executable(join(choice.folder, "sub"), "inner");
    for (const name of [".hidden", "sub", "sub/inner", "..", ".", "../sh", "/bin/sh", "sub%2Finner", "a\0b"]) {
      assert.equal(await findProgram(choice, name), undefined, name);
    }
  });

  test("refuses what the agent may not execute, and what others may write to, with the remedy", async (t) => {
    const choice = await withFolder(t, {});
    const path = await executable(choice.folder, "dummy");
    await chmod(path, 0o644);
    assert.deepEqual(await findProgram(choice, "dummy"), {
      refused: `is not run, because the agent's user may not execute ${path}: chmod +x`,
    });
    await chmod(path, 0o757);
    assert.deepEqual(await findProgram(choice, "dummy"), {
      refused: `is not run, because others may write to ${path}: chmod o-w`,
    });
    await chmod(path, 0o755);
    await chmod(choice.folder, 0o777);
    assert.deepEqual(await findProgram(choice, "dummy"), {
      refused: `is not run, because others may write to ${choice.folder}: chmod o-w`,
    });
  });

  test("that is not there has no programs, and says so where they are listed", async () => {
    const choice = { ...DEFAULTS, list: {}, folder: "/nowhere" };
    assert.equal(await findProgram(choice, "dummy"), undefined);
    assert.match(
      (await programNames(choice)).problem as string,
      /^\/nowhere \(programs\.folder\) can't be read: ENOENT/,
    );
  });
});

async function withFolder(t: TestContext, choice: Partial<ProgramChoice>): Promise<ProgramChoice & { folder: string }> {
  return { ...DEFAULTS, list: {}, ...choice, folder: await folder(t) };
}

async function executable(path: string, name: string): Promise<string> {
  const file = join(path, name);
  await writeFile(file, "#!/bin/sh\n");
  await chmod(file, 0o755);
  return file;
}

async function commandOf(choice: ProgramChoice, name: string): Promise<string> {
  const found = await findProgram(choice, name);
  assert.ok(found !== undefined && "program" in found);
  return found.program.command;
}
