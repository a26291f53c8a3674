import { readCertificate } from "../http/certificate.ts";
import { doorUrl, listenAddress } from "../http/listen-address.ts";
import { authorizationOf } from "../http/login.ts";
import type { Settings } from "../settings/schema.ts";
import type { Finding } from "./finding.ts";

/** Whether the door's files can be used. It is not opened: the agent that runs may have its place. */
export async function checkDoor({ http }: Settings): Promise<Finding[]> {
  const address = http.enabled ? listenAddress(http.listen) : undefined;
  if (address === undefined) return [{ ok: true, message: "http is off: nobody can scrape or look" }];
  const { cert, key } = http.tls;
  const secure = cert !== undefined && key !== undefined;
  const findings: Finding[] = [{ ok: true, message: `opens at ${doorUrl(address, { secure })}` }];
  if (secure) findings.push(await tried("the certificate and its key fit", () => readCertificate({ cert, key })));
  if (http.username !== undefined || http.bearerToken !== undefined || http.bearerTokenFile !== undefined)
    findings.push(await tried("who shows the login may read", () => authorizationOf(http)));
  return findings;
}

async function tried(message: string, work: () => Promise<unknown>): Promise<Finding> {
  try {
    await work();
    return { ok: true, message };
  } catch (error) {
    const remedy = "Its files must be there, and readable for the agent's user.";
    return { ok: false, message: (error as Error).message, remedy };
  }
}
