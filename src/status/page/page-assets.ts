declare const TALLYMAN_PAGE: PageAssets | undefined;

/** The page's own files, each one text. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** Written in by the bundler; a checkout makes them once, when they are first asked for. */
export async function pageAssets(): Promise<PageAssets> {
  if (typeof TALLYMAN_PAGE === "object") return TALLYMAN_PAGE;
  // Not a constant, or the bundler would bundle itself.
  const maker = new URL("../../../scripts/page.ts", import.meta.url).href;
  const { buildPage } = (await import(maker)) as { buildPage(): Promise<PageAssets> };
  return buildPage();
}
