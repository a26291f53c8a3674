import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Child, startChild } from "../../support/child.ts";
import { component } from "./components.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface Windows {
  /** A folder for files of the test; its path is good on both sides. */
  readonly folder: string;
  /** Starts a program of Node for Windows. */
  start(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): WindowsProgram;
  end(): Promise<void>;
}

export interface WindowsProgram extends Omit<Child, "stdout" | "stderr"> {
  stdout(): string;
  stderr(): string;
}

/** Wine, on a drive of its own, as Windows 10: Node 22 asks for that. Its pipes are the machine's own and no one else's. */
export async function startWindows(): Promise<Windows> {
  const folder = temporaryFolder();
  const wine = component("WINE");
  const wineEnv = { WINEARCH: "win64", WINEDEBUG: "-all", WINEPREFIX: join(folder.path, "wine"), HOME: folder.path };
  let started = 0;

  // Wine's own output is Node's too, and Node for Windows can write to a file there, and not to a pipe.
  function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): WindowsProgram {
    const output = join(folder.path, `output-${++started}`);
    for (const file of [`${output}.out`, `${output}.err`]) closeSync(openSync(file, "w"));
    const script = `exec "$@" >${output}.out 2>${output}.err`;
    const child = startChild({
      name: `wine ${args.join(" ")}`,
      command: ["sh", "-c", script, "sh", wine, ...args],
      env: { ...wineEnv, ...env },
    });
    return {
      ...child,
      get ended() {
        return child.ended;
      },
      stdout: () => readFileSync(`${output}.out`, "utf8"),
      stderr: () => readFileSync(`${output}.err`, "utf8"),
    };
  }

  async function end() {
    const server = startChild({
      name: "wineserver",
      command: [`${wine.replace(/wine64$/, "wineserver64")}`, "-k", "-w"],
      env: wineEnv,
    });
    await server.exit(30_000);
    folder.remove();
  }

  try {
    for (const preparation of [
      ["wineboot", "-i"],
      ["winecfg", "-v", "win10"],
    ]) {
      const prepared = run(preparation);
      const { code } = await prepared.exit(120_000);
      if (code !== 0) throw new Error(`wine ${preparation.join(" ")} ended with ${code}:\n${prepared.stderr()}`);
    }
  } catch (error) {
    await end();
    throw error;
  }
  return {
    folder: folder.path,
    start: (program, args, env) => run([component("WINDOWS_NODE"), program, ...args], env),
    end,
  };
}
