import { readFile } from "node:fs/promises";
import { EngineError } from "./engine.ts";
import type { TlsMaterial } from "./modem.ts";

/** Paths of PEM files. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Read at every handshake, so that renewed certificates are taken up without a restart. */
export async function readTlsFiles(files: TlsFiles): Promise<TlsMaterial> {
  const material = await Promise.all(
    Object.entries(files).map(async ([part, path]) => [part, await read(part, path)] as const),
  );
  return Object.fromEntries(material);
}

async function read(part: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new EngineError(`the engine's TLS file (${part}) can't be read: ${(cause as Error).message}`, {
      kind: "unreachable",
      cause,
    });
  }
}
