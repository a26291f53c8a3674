import { preferredType } from "../http/accept.ts";
import type { DoorAnswer, Route } from "../http/route.ts";

export interface Service {
  readonly version: string;
  readonly revision: string;
  readonly uptimeSeconds: () => number;
  /** What else answers, by name. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** What a browser gets. */
  readonly page: () => DoorAnswer;
}

const TYPES = ["application/json", "text/html"] as const;

/** `/`: what is here, as JSON for programs and as the page for browsers. */
export function serviceRoute(service: Service): Route {
  return {
    path: "/",
    async answer({ headers }) {
      const type = preferredType(headers.accept, TYPES);
      if (type === undefined) return { status: 406, headers: VARY, body: `There are ${TYPES.join(" and ")}.\n` };
      const answer = type === "text/html" ? service.page() : information(service);
      return { ...answer, headers: { ...answer.headers, ...VARY } };
    },
  };
}

/** Where there is no other page. */
export function linkPage(endpoints: Service["endpoints"]): DoorAnswer {
  const links = Object.entries(endpoints).map(([name, path]) => `<li><a href="${path.slice(1)}">${name}</a></li>`);
  const body = `<!doctype html>\n<html lang="en">\n<title>Tallyman</title>\n<h1>Tallyman</h1>\n<ul>\n${links.join("\n")}\n</ul>\n</html>\n`;
  return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body };
}

const VARY = { vary: "accept, accept-encoding" };

function information({ version, revision, uptimeSeconds, endpoints }: Service): DoorAnswer {
  const about = { name: "tallyman", version, revision, uptimeSeconds: Math.round(uptimeSeconds()), endpoints };
  return { status: 200, headers: { "content-type": "application/json" }, body: `${JSON.stringify(about)}\n` };
}
