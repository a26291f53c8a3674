import { readFile } from "node:fs/promises";
import type { OtlpConnectionOptions, TlsPaths } from "./otlp-options.ts";

/** A file or a header of ours is wrong: nothing was sent. */
export class ConnectionFileError extends Error {
  override readonly name = "ConnectionFileError";
}

export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

type HeaderOptions = Pick<OtlpConnectionOptions, "headers" | "headersFile" | "bearerToken" | "bearerTokenFile">;

/** The headers of one request. Files are read each time, so that renewed tokens are taken up without a restart. */
export async function requestHeaders(options: HeaderOptions): Promise<Record<string, string>> {
  const fromFile =
    options.headersFile === undefined
      ? {}
      : headersIn(await fileText("headers", options.headersFile), options.headersFile);
  const token =
    options.bearerTokenFile === undefined
      ? options.bearerToken
      : (await fileText("bearer token", options.bearerTokenFile)).trim();
  const headers: Record<string, string> = {};
  const all = { ...options.headers, ...fromFile, ...(token ? { authorization: `Bearer ${token}` } : {}) };
  for (const [name, value] of Object.entries(all)) headers[name.toLowerCase()] = value;
  return headers;
}

/** Read at each request, as the headers are. */
export async function tlsMaterial(paths: TlsPaths): Promise<TlsMaterial> {
  const material: { -readonly [part in keyof TlsMaterial]: Buffer } = {};
  for (const part of ["ca", "cert", "key"] as const) {
    const path = paths[part];
    if (path !== undefined) material[part] = await bytes(`TLS ${part}`, path);
  }
  return material;
}

/** Whether two readings of the TLS files hold the same. */
export function sameMaterial(a: TlsMaterial, b: TlsMaterial): boolean {
  return (["ca", "cert", "key"] as const).every((part) => {
    const [one, other] = [a[part], b[part]];
    return one === other || (one !== undefined && other !== undefined && one.equals(other));
  });
}

function headersIn(content: string, path: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of content.split(/\r?\n/)) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const at = line.indexOf(":");
    if (at < 1) throw new ConnectionFileError(`The headers file ${path} has a line that is not "Name: value"`);
    headers[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return headers;
}

export async function fileText(what: string, path: string): Promise<string> {
  return (await bytes(what, path)).toString("utf8");
}

async function bytes(what: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ConnectionFileError(`The ${what} file ${path} can't be read: ${(cause as Error).message}`, { cause });
  }
}
