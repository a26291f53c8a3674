import { readFileSync } from "node:fs";
import { join } from "node:path";

const dockerfile = readFileSync(join(import.meta.dirname, "../Dockerfile"), "utf8");
const [, ...command] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? "[]") as string[];

/** How the image runs the agent: V8's flags, and what it sets in the environment. */
export const image = {
  flags: command.filter((argument) => argument.startsWith("--")),
  env: Object.fromEntries([...dockerfile.matchAll(/^ENV (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value])),
};
