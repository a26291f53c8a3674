import type { Choices } from "./choice.ts";

export function crossCheckPushgateway({ chosen, problems, notes }: Choices) {
  const username = chosen.get("pushgateway.username");
  const given = (...paths: string[]) => paths.find((path) => chosen.has(path));
  const password = given("pushgateway.password", "pushgateway.passwordFile");
  const token = given("pushgateway.bearerToken", "pushgateway.bearerTokenFile");
  if (username !== undefined && password === undefined) {
    problems.push(
      `pushgateway.username (${username.origin.name}): needs pushgateway.password or pushgateway.passwordFile too.`,
    );
  }
  if (username === undefined && password !== undefined) {
    problems.push(`${password} (${chosen.get(password)?.origin.name}): needs pushgateway.username too.`);
  }
  if (username !== undefined && token !== undefined) {
    notes.push(`${token} is not used, because pushgateway.username is given.`);
  }
}
