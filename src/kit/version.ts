declare const TALLYMAN_REVISION: string | undefined;

/** The package's version: a test holds it against package.json. */
export const VERSION = "0.1.0";
/** The commit, written in by the bundler. */
export const REVISION = typeof TALLYMAN_REVISION === "string" ? TALLYMAN_REVISION : "source";
