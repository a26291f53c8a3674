import type { GroupingKey } from "./gateway-options.ts";

/**
 * `/metrics/job/<job>/<label>/<value>…`, as the Pushgateway's README (1.5) says: what can't stand in a path as it is, an
 * empty value above all and one with a slash, goes in base64 under `<label>@base64`.
 */
export function groupPath({ job, labels }: GroupingKey): string {
  if (job === "") throw new Error("A Pushgateway takes no group whose job is empty");
  const further = Object.entries(labels).filter(([, value]) => value !== "");
  return ["/metrics", ...[["job", job] as const, ...further].map(part)].join("");
}

function part([label, value]: readonly [string, string]): string {
  if (/^[A-Za-z0-9_.:-]+$/.test(value) && !/^\.{1,2}$/.test(value)) return `/${label}/${value}`;
  return `/${label}@base64/${Buffer.from(value).toString("base64url")}`;
}
