import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";

const SOURCE = resolve(import.meta.dirname, "../src");

/** Who may import whom, and which packages: the table of docs/architecture.md, in force. `main` and `demo` may import all. */
const ROOMS: Record<string, { rooms: string[]; packages: string[] }> = {
  kit: { rooms: [], packages: ["node:"] },
  families: { rooms: ["kit"], packages: ["@opentelemetry/"] },
  telemetry: { rooms: ["families", "kit"], packages: ["winston"] },
  settings: { rooms: ["catalogue", "kit"], packages: ["zod/", "json5", "node:"] },
  engine: { rooms: ["telemetry", "kit"], packages: ["docker-modem", "node:"] },
  sample: { rooms: ["engine", "kit"], packages: [] },
  inventory: { rooms: ["engine", "telemetry", "kit"], packages: ["picomatch"] },
  sampling: { rooms: ["engine", "inventory", "sample", "telemetry", "kit"], packages: ["node:"] },
  catalogue: { rooms: ["sample", "families", "kit"], packages: ["picomatch"] },
  logs: { rooms: ["engine", "inventory", "telemetry", "kit"], packages: ["picomatch", "json5", "node:"] },
  http: { rooms: ["telemetry", "kit"], packages: ["node:"] },
  status: { rooms: ["families", "telemetry", "kit", "http", "sample"], packages: [] },
  programs: { rooms: ["families", "http", "telemetry", "kit"], packages: ["node:"] },
  outlets: { rooms: ["families", "telemetry", "kit"], packages: ["@opentelemetry/", "@grpc/", "node:"] },
};
/** Rooms that do no I/O and read no clock; what they import of other packages and rooms marked here is types only. */
const PURE = ["families", "sample", "catalogue"];
const TYPES_ONLY: Record<string, string[]> = { sample: ["engine"], programs: ["http"], families: ["@opentelemetry/"] };
const CLOCKS_AND_IO = /\b(Date\.now|new Date\(\)|performance\.|setTimeout|setInterval|process\.|fetch\()/;

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

for (const [room, rule] of Object.entries(ROOMS)) {
  test(`${room} imports only what the house allows it`, () => {
    for (const file of files.filter((name) => name.startsWith(`${room}/`))) {
      for (const { target, typesOnly } of importsOf(file)) {
        const offence = `src/${file} imports ${target}`;
        if (target.startsWith(".")) {
          const other = relative(SOURCE, resolve(SOURCE, dirname(file), target)).split("/")[0] as string;
          if (other === room) continue;
          assert.ok(rule.rooms.includes(other), offence);
          if (TYPES_ONLY[room]?.includes(other)) assert.ok(typesOnly, `${offence}: types only`);
        } else {
          assert.ok(
            rule.packages.some((prefix) => target === prefix || (/[:/]$/.test(prefix) && target.startsWith(prefix))),
            offence,
          );
          if (TYPES_ONLY[room]?.some((prefix) => target.startsWith(prefix)))
            assert.ok(typesOnly, `${offence}: types only`);
        }
      }
    }
  });
}

test("every room of the source has a rule", () => {
  const rooms = new Set(files.filter((file) => file.includes("/")).map((file) => file.split("/")[0] as string));
  assert.deepEqual(
    [...rooms].filter((room) => !(room in ROOMS) && room !== "demo" && room !== "commands"),
    [],
  );
});

test("pure rooms read no clock and do no I/O", () => {
  for (const file of files.filter((name) => PURE.includes(name.split("/")[0] as string))) {
    const code = readFileSync(join(SOURCE, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    assert.doesNotMatch(code, CLOCKS_AND_IO, `src/${file}`);
  }
});

test("no room but main and demo imports settings", () => {
  for (const file of files.filter((name) => !/^(main\.ts|commands\/|demo\/|settings\/)/.test(name))) {
    assert.ok(!importsOf(file).some(({ target }) => target.includes("/settings/")), `src/${file}`);
  }
});

test("only engine imports docker-modem", () => {
  for (const file of files.filter((name) => !name.startsWith("engine/"))) {
    assert.ok(!importsOf(file).some(({ target }) => target === "docker-modem"), `src/${file}`);
  }
});

function importsOf(file: string): { target: string; typesOnly: boolean }[] {
  const text = readFileSync(join(SOURCE, file), "utf8");
  return [
    ...text.matchAll(
      /^\s*(?:import|export)\s+(type\s)?[^;"']*?from\s+"([^"]+)"|\bimport\("([^"]+)"\)|^import\s+"([^"]+)"/gm,
    ),
  ].map((match) => ({ target: (match[2] ?? match[3] ?? match[4]) as string, typesOnly: match[1] !== undefined }));
}
