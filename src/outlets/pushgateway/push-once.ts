import type { FamilyGroups } from "../../families/ended-series.ts";
import { pageBody } from "../page-body.ts";
import { gatewayUrl } from "./gateway-address.ts";
import { createGatewayClient } from "./gateway-client.ts";
import type { GatewayConnection, GroupingKey } from "./gateway-options.ts";
import { type GatewayRefusal, gatewayRefusal } from "./gateway-remedy.ts";
import { groupPath } from "./group-path.ts";

export type PushResult = { readonly ok: true } | GatewayRefusal;

/** Puts the families in place of what the group holds. Throws on an address or a group that is none. */
export async function pushOnce(
  connection: GatewayConnection,
  { groups, groupingKey }: { groups: FamilyGroups; groupingKey: GroupingKey },
): Promise<PushResult> {
  const url = gatewayUrl(connection.address);
  const client = createGatewayClient(connection);
  try {
    const body = await pageBody(groups, "text", false);
    const request = { method: "PUT", path: groupPath(groupingKey), body } as const;
    const failure = await client.send(request, AbortSignal.timeout(connection.timeoutMs));
    return failure === undefined ? { ok: true } : gatewayRefusal(failure, url);
  } finally {
    client.close();
  }
}
