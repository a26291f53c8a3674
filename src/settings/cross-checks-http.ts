import type { Choices } from "./choice.ts";
import { crossCheckLogin } from "./cross-checks-login.ts";
import { isAmbient } from "./findings.ts";
import { shown } from "./wording.ts";

const MAX_PORT = 65_535;

export function crossCheckHttp(choices: Choices) {
  checkPort(choices);
  crossCheckLogin(choices, "http");
}

function checkPort({ chosen, problems, notes }: Choices) {
  const listen = chosen.get("http.listen");
  const [port] = /(?<=^|:)\d+$/.exec(String(listen?.value)) ?? [];
  if (listen === undefined || port === undefined || Number(port) <= MAX_PORT) return;
  const problem = `http.listen (${listen.origin.name}): got ${shown(listen.value)}, but ports end at ${MAX_PORT}`;
  if (!isAmbient(listen.origin)) {
    problems.push(`${problem}.`);
    return;
  }
  chosen.delete("http.listen");
  notes.push(`${problem}; ignored.`);
}
