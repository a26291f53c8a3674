declare const TALLYMAN_VERSION: string | undefined;
declare const TALLYMAN_REVISION: string | undefined;

/** Written in by the bundler; a run from source is "0.0.0-source". */
export const VERSION = typeof TALLYMAN_VERSION === "string" ? TALLYMAN_VERSION : "0.0.0-source";
export const REVISION = typeof TALLYMAN_REVISION === "string" ? TALLYMAN_REVISION : "unknown";
