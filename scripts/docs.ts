// Writes the generated files: `npm run docs`. test/docs.test.ts fails when one of them is out of date.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { GENERATED } from "./docs/generated.ts";

for (const [path, text] of Object.entries(GENERATED)) {
  writeFileSync(join(import.meta.dirname, "..", path), text());
  console.log(path);
}
