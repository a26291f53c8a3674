import { EngineError } from "./engine.ts";

/** Docker 29's next; replies up to it were read (moby at API 1.56, November 2026). */
export const NEWEST_TESTED = "1.56";
/** Docker 19.03. */
export const OLDEST_SPOKEN = "1.40";

/**
 * The version to prefix requests with: the newest that both sides know. An engine that tells none (a proxy may drop the
 * header) is spoken to without a prefix, as its own newest; one that is newer than all we know, in the oldest it still takes.
 */
export function negotiate({
  engineNewest,
  engineOldest,
  address,
}: {
  engineNewest: string | undefined;
  engineOldest?: string | undefined;
  address: string;
}): string | undefined {
  if (engineNewest === undefined || !isApiVersion(engineNewest)) return undefined;
  if (isOlder(engineNewest, OLDEST_SPOKEN))
    throw new EngineError(
      `the engine at ${address} speaks API ${engineNewest} at most: ${OLDEST_SPOKEN} (Docker 19.03) is the oldest ` +
        "that Tallyman reads; upgrade the engine",
      { kind: "unsupported" },
    );
  const chosen = isOlder(engineNewest, NEWEST_TESTED) ? engineNewest : NEWEST_TESTED;
  return isApiVersion(engineOldest) && isOlder(chosen, engineOldest) ? engineOldest : chosen;
}

export function isOlder(version: string, than: string): boolean {
  const [major, minor] = numbers(version);
  const [otherMajor, otherMinor] = numbers(than);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

function isApiVersion(text: unknown): text is string {
  return typeof text === "string" && /^\d{1,2}\.\d{1,3}$/.test(text);
}

function numbers(version: string): [number, number] {
  const [major = "0", minor = "0"] = version.split(".");
  return [Number(major), Number(minor)];
}
