import { gatewayUrl } from "./gateway-address.ts";
import { createGatewayClient } from "./gateway-client.ts";
import type { GatewayConnection } from "./gateway-options.ts";
import { type GatewayRefusal, gatewayRefusal } from "./gateway-remedy.ts";

/** Asks whether it is ready, and pushes nothing. */
export async function checkGateway(
  connection: GatewayConnection,
): Promise<{ ok: true; message: string } | GatewayRefusal> {
  const url = gatewayUrl(connection.address);
  const client = createGatewayClient(connection);
  const signal = AbortSignal.timeout(connection.timeoutMs);
  const failure = await client.send({ method: "GET", path: "/-/ready" }, signal);
  client.close();
  return failure === undefined
    ? { ok: true, message: `${url.href}: a Pushgateway is ready` }
    : gatewayRefusal(failure, url);
}
