import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";

export interface CertificatePaths {
  readonly cert: string;
  readonly key: string;
}

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Rejects, with words for a person, where a file can't be read and where the two don't belong together. */
export async function readCertificate(paths: CertificatePaths): Promise<Certificate> {
  const [cert, key] = await Promise.all([read("certificate", paths.cert), read("key", paths.key)]);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const what = `the certificate ${paths.cert} with the key ${paths.key}`;
    throw new Error(`${what} can't be used: ${(cause as Error).message}`, { cause });
  }
  return { cert, key };
}

export function sameCertificate(one: Certificate, other: Certificate): boolean {
  return one.cert.equals(other.cert) && one.key.equals(other.key);
}

async function read(what: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Error(`the ${what} ${path} can't be read: ${(cause as Error).message}`, { cause });
  }
}
