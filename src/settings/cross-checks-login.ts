import type { Choices } from "./choice.ts";

/** A name without its password, or the other way round, would be sent or asked for by nobody. */
export function crossCheckLogin({ chosen, problems }: Choices, section: "http" | "pushgateway") {
  const username = chosen.get(`${section}.username`);
  const path = [`${section}.password`, `${section}.passwordFile`].find((path) => chosen.has(path));
  if (username !== undefined && path === undefined) {
    const needed = `${section}.password or ${section}.passwordFile`;
    problems.push(`${section}.username (${username.origin.name}): needs ${needed} too.`);
  }
  if (username === undefined && path !== undefined)
    problems.push(`${path} (${chosen.get(path)?.origin.name}): needs ${section}.username too.`);
}
