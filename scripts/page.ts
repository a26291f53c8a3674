// Makes the status page's script and style sheet, each one text: the bundle holds them, a checkout makes them when asked.
import { join } from "node:path";
import { build } from "esbuild";
import type { PageAssets } from "../src/status/page/page-assets.ts";

const root = join(import.meta.dirname, "..");
const folder = "src/status/page/browser";

export async function buildPage(): Promise<PageAssets> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { app: `${folder}/main.tsx`, style: `${folder}/page.css` },
    tsconfig: `${folder}/tsconfig.json`,
    outdir: "page",
    bundle: true,
    write: false,
    minify: true,
    platform: "browser",
    format: "iife",
    target: ["es2022"],
    legalComments: "none",
  });
  const text = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? "";
  return { script: text("app.js"), style: text("style.css") };
}
