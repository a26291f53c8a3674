import type { DoorAnswer, DoorRequest, Route } from "../../http/route.ts";
import { type PageAssets, pageAssets } from "./page-assets.ts";
import type { PageFeed } from "./page-feed.ts";
import type { PageHistory } from "./page-model.ts";

/** Nothing but what the agent itself serves; names and labels are shown as text, and no script is within the document. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const DOCUMENT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tallyman</title>
<link rel="icon" href="page/icon.svg">
<link rel="stylesheet" href="page/style.css">
<script src="page/app.js" defer></script>
</head>
<body><noscript>This page needs JavaScript; <a href="metrics">the metrics</a> don't.</noscript></body>
</html>
`;

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M3 2v12M6 2v12M9 2v12M12 2v12M1 12 15 4" stroke="#1f6fd6" stroke-width="1.6" fill="none"/></svg>`;

/** As many containers as fit on a screen. */
const MAX_ASKED = 100;

/** What a browser gets at "/". */
export function pageDocument(): DoorAnswer {
  return answer(DOCUMENT, "text/html; charset=utf-8", { "content-security-policy": POLICY });
}

/** What the document asks for in turn. */
export function pageRoutes(feed: PageFeed): Route[] {
  let assets: Promise<PageAssets> | undefined;
  const asset = async (name: keyof PageAssets, type: string) => {
    assets ??= pageAssets();
    return answer((await assets)[name], type);
  };
  return [
    { path: "/page/app.js", answer: () => asset("script", "text/javascript; charset=utf-8") },
    { path: "/page/style.css", answer: () => asset("style", "text/css; charset=utf-8") },
    { path: "/page/icon.svg", answer: async () => answer(ICON, "image/svg+xml") },
    { path: "/page/history", answer: async ({ query }) => historyAnswer(feed, query) },
    { path: "/page/events", answer: async (request) => eventsAnswer(feed, request) },
  ];
}

function historyAnswer(feed: PageFeed, query: string): DoorAnswer {
  const ids = new URLSearchParams(query).getAll("id").slice(0, MAX_ASKED);
  const known = ids.flatMap((id) => {
    const history = feed.history.of(id);
    return history === undefined ? [] : [[id, history] as const];
  });
  return answer(JSON.stringify(Object.fromEntries(known) satisfies PageHistory), "application/json");
}

/** Server-sent events (HTML standard, section 9.2), a JSON text each. */
function eventsAnswer(feed: PageFeed, { signal }: DoorRequest): DoorAnswer {
  const messages = feed.watch(signal);
  if (messages === undefined)
    return { status: 503, body: "Too many viewers of the page at once: close one of them.\n" };
  const encoder = new TextEncoder();
  async function* events() {
    for await (const message of messages ?? []) yield encoder.encode(`data: ${JSON.stringify(message)}\n\n`);
  }
  return { ...answer("", "text/event-stream"), body: events() };
}

function answer(body: string, type: string, headers: Record<string, string> = {}): DoorAnswer {
  return { status: 200, headers: { "content-type": type, "cache-control": "no-cache", ...headers }, body };
}
