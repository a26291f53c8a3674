import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** A folder that `docker build` makes an image of: a Dockerfile and, in `root`, what the image holds. */
export interface ImageFolder {
  readonly path: string;
  copy(source: string, target: string): void;
  /** With the libraries that it needs, which are also looked for below `unpacked`, a folder of Debian packages. */
  copyBinary(source: string, target: string, options?: { unpacked?: string }): void;
  write(target: string, text: string): void;
  link(target: string, to: string): void;
}

export function imageFolder(path: string, dockerfile: readonly string[]): ImageFolder {
  const inRoot = (target: string) => {
    const place = join(path, "root", target);
    mkdirSync(dirname(place), { recursive: true });
    return place;
  };
  const copy = (source: string, target: string) => cpSync(realpathSync(source), inRoot(target), { recursive: true });
  mkdirSync(join(path, "root/tmp"), { recursive: true, mode: 0o1777 });
  writeFileSync(join(path, "Dockerfile"), `${dockerfile.join("\n")}\n`);
  return {
    path,
    copy,
    copyBinary(source, target, { unpacked } = {}) {
      copy(source, target);
      for (const library of librariesOf(source, unpacked)) copy(library, imagePlace(library));
    },
    write: (target, text) => writeFileSync(inRoot(target), text),
    link: (target, to) => symlinkSync(to, inRoot(target)),
  };
}

/** All libraries in one place that is searched without a cache; the loader where the binary expects it. */
function imagePlace(library: string): string {
  return basename(library).startsWith("ld-linux") ? library : join("/lib", basename(library));
}

function librariesOf(binary: string, unpacked: string | undefined): string[] {
  const searched = unpacked === undefined ? [] : libraryFolders(unpacked);
  const env = { ...process.env, LD_LIBRARY_PATH: searched.join(":") };
  const listed = execFileSync("sh", ["-c", 'ldd "$0" || true', binary], { encoding: "utf8", env, stdio: "pipe" });
  const missing = /^.*=> not found$/m.exec(listed);
  if (missing) throw new Error(`${binary} needs a library: ${missing[0].trim()}`);
  return [...listed.matchAll(/(\/\S+) \(0x[0-9a-f]+\)$/gm)].map(([, path]) => path as string);
}

/** lib, usr/lib and the folder of the machine's architecture below each. */
function libraryFolders(unpacked: string): string[] {
  const parents = ["lib", "usr/lib"].map((folder) => join(unpacked, folder));
  return parents.flatMap((folder) => {
    try {
      const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
      return [folder, ...below.map(({ name }) => join(folder, name))];
    } catch {
      return [];
    }
  });
}
