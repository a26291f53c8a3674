import { type Environment, type Findings, noFindings } from "../findings.ts";

/** Set by our image: what `http.listen` is there when neither a variable nor the file says it. */
export const IMAGE_LISTEN_VARIABLE = "TALLYMAN_DEFAULT_HTTP_LISTEN";

export function readImageVariables(env: Environment): Findings {
  const findings = noFindings();
  const value = env[IMAGE_LISTEN_VARIABLE]?.trim();
  if (!value) return findings;
  const origin = { rank: "ambient variable", name: IMAGE_LISTEN_VARIABLE } as const;
  findings.given.push({ path: "http.listen", value, origin });
  return findings;
}
