import type { Choices } from "./choice.ts";
import { isAmbient } from "./findings.ts";
import { shown } from "./wording.ts";

const MAX_PORT = 65_535;

export function crossCheckHttp(choices: Choices) {
  checkPort(choices);
  checkLogin(choices);
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

function checkLogin({ chosen, problems }: Choices) {
  const username = chosen.get("http.username");
  const password = chosen.get("http.password") ?? chosen.get("http.passwordFile");
  if (username !== undefined && password === undefined) {
    problems.push(`http.username (${username.origin.name}): needs http.password or http.passwordFile too.`);
  }
  if (username === undefined && password !== undefined) {
    const path = chosen.has("http.password") ? "http.password" : "http.passwordFile";
    problems.push(`${path} (${password.origin.name}): needs http.username too.`);
  }
}
