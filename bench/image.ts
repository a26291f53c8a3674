import { readFileSync } from "node:fs";
import { join } from "node:path";

const dockerfile = readFileSync(join(import.meta.dirname, "../Dockerfile"), "utf8");
const command = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? "[]") as string[];

/** How the image starts Node. */
export const imageFlags = command.filter((argument) => argument.startsWith("--"));
