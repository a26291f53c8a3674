import type { EngineAddress } from "./address.ts";
import { negotiate } from "./api-version.ts";
import { EngineError, type EngineFacts } from "./engine.ts";
import type { Answer } from "./exchange.ts";
import { factsOf } from "./facts.ts";
import { parseObject } from "./parse-reply.ts";
import type { InfoReply, PingReply, VersionReply } from "./replies.ts";

/** Sends one of the three introductory requests, under the negotiated version if there is one by then. */
export type Introduce = (operation: "ping" | "version" | "info", apiVersion?: string) => Promise<Answer>;

/**
 * Who answers at the address, and which version of the API both sides speak. /_ping and /version are asked without a
 * version, which every engine takes; a proxy that forbids /version or /info costs the facts that these give, no more.
 */
export async function shakeHands(introduce: Introduce, address: EngineAddress): Promise<EngineFacts> {
  const ping = pingReply(await introduce("ping"));
  const version = await unlessRefused(async () =>
    parseObject<VersionReply>((await introduce("version")).text, `GET /version of ${address.text}`),
  );
  const apiVersion = negotiate({
    engineNewest: ping.apiVersion,
    engineOldest: version?.MinAPIVersion,
    address: address.text,
  });
  const info = await unlessRefused(async () =>
    parseObject<InfoReply>((await introduce("info", apiVersion)).text, `GET /info of ${address.text}`),
  );
  return factsOf({ ping, version, info, apiVersion, address });
}

function pingReply({ headers }: Answer): PingReply {
  return {
    apiVersion: headerText(headers["api-version"]),
    osType: headerText(headers.ostype),
    server: headerText(headers.server),
  };
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

async function unlessRefused<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof EngineError && REFUSALS.has(error.kind)) return undefined;
    throw error;
  }
}

const REFUSALS: ReadonlySet<string> = new Set(["forbidden", "not-found", "refused-by-engine"]);
