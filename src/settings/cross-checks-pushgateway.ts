import type { Choices } from "./choice.ts";
import { crossCheckLogin } from "./cross-checks-login.ts";

export function crossCheckPushgateway(choices: Choices) {
  crossCheckLogin(choices, "pushgateway");
  const { chosen, notes } = choices;
  const token = ["pushgateway.bearerToken", "pushgateway.bearerTokenFile"].find((path) => chosen.has(path));
  if (chosen.has("pushgateway.username") && token !== undefined)
    notes.push(`${token} is not used, because pushgateway.username is given.`);
}
