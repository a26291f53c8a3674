import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";

export interface LoginOptions {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly bearerToken?: string | undefined;
  readonly bearerTokenFile?: string | undefined;
}

export interface Login {
  /** For WWW-Authenticate: the ways in that there are. Empty: everybody may read. */
  readonly challenges: readonly string[];
  /** Rejects when a secret's file can't be read: then nobody gets in. */
  admits(authorization: string | undefined): Promise<boolean>;
}

/** Basic authentication and a bearer token, either of which will do. Files are read each time: secrets are renewed. */
export function createLogin(options: LoginOptions): Login {
  const challenges: string[] = [];
  const hasBearer = options.bearerToken !== undefined || options.bearerTokenFile !== undefined;
  if (options.username !== undefined) challenges.push('Basic realm="Tallyman", charset="UTF-8"');
  if (hasBearer) challenges.push('Bearer realm="Tallyman"');

  async function expected(scheme: string): Promise<string | undefined> {
    if (scheme === "bearer") return hasBearer ? secret(options.bearerToken, options.bearerTokenFile) : undefined;
    if (options.username === undefined) return undefined;
    return `${options.username}:${await secret(options.password, options.passwordFile)}`;
  }

  return {
    challenges,
    async admits(authorization) {
      if (challenges.length === 0) return true;
      const [, scheme, shown] = /^(basic|bearer) +(\S+) *$/i.exec(authorization ?? "") ?? [];
      if (scheme === undefined || shown === undefined) return false;
      const kind = scheme.toLowerCase();
      const wanted = await expected(kind);
      if (wanted === undefined) return false;
      return isSame(kind === "basic" ? Buffer.from(shown, "base64") : Buffer.from(shown), Buffer.from(wanted));
    },
  };
}

async function secret(value: string | undefined, file: string | undefined): Promise<string> {
  if (file === undefined) return value ?? "";
  const text = (await readFile(file, "utf8")).trim();
  if (text === "") throw new Error(`${file} is empty`);
  return text;
}

/** In a time that tells neither where the two differ nor how long the wanted one is. */
function isSame(one: Buffer, other: Buffer): boolean {
  const key = randomBytes(32);
  const digest = (bytes: Buffer) => createHmac("sha256", key).update(bytes).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** The header that a client of ours shows. */
export async function authorizationOf(options: LoginOptions): Promise<string | undefined> {
  if (options.bearerToken !== undefined || options.bearerTokenFile !== undefined)
    return `Bearer ${await secret(options.bearerToken, options.bearerTokenFile)}`;
  if (options.username === undefined) return undefined;
  const pair = `${options.username}:${await secret(options.password, options.passwordFile)}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}
