import { readFile } from "node:fs/promises";
import { request as requestPlainly } from "node:http";
import { request as requestSecurely } from "node:https";
import type { TlsOptions } from "node:tls";
import { clientHost, doorUrl, type ListenAddress, listenAddress } from "../http/listen-address.ts";
import { authorizationOf } from "../http/login.ts";
import type { LoadedSettings } from "../settings/load.ts";
import type { Settings } from "../settings/schema.ts";
import { check } from "./check.ts";

const WITHIN_MS = 5_000;
const MAX_ANSWER = 64 * 1024;

/** Asks the agent that runs with these settings whether all is well: a line, and 0 or 1. Without a door, what `check` finds. */
export async function health(loaded: LoadedSettings): Promise<number> {
  const { http } = loaded.settings;
  const address = http.enabled ? listenAddress(http.listen) : undefined;
  if (address === undefined) return check(loaded);
  const url = doorUrl(address, { secure: http.tls.cert !== undefined });
  try {
    const { status, body } = await ask(address, http);
    const problem = status === 200 ? undefined : problemIn(status, body);
    process.stdout.write(problem === undefined ? "healthy\n" : `unhealthy: ${problem}\n`);
    return problem === undefined ? 0 : 1;
  } catch (error) {
    process.stdout.write(`unhealthy: no answer at ${url}: ${(error as Error).message}\n`);
    return 1;
  }
}

function problemIn(status: number | undefined, body: string): string {
  try {
    const { problems } = JSON.parse(body) as { problems: string[] };
    return problems.join("; ");
  } catch {
    return `the door answers ${status}: ${body.trim().split("\n")[0]}`;
  }
}

async function ask(address: ListenAddress, http: Settings["http"]): Promise<{ status?: number; body: string }> {
  const authorization = await authorizationOf(http);
  const where =
    address.kind === "unix" ? { socketPath: address.path } : { host: clientHost(address.host), port: address.port };
  const options = {
    ...where,
    path: "/health",
    headers: { host: "localhost", ...(authorization !== undefined && { authorization }) },
    agent: false,
    signal: AbortSignal.timeout(WITHIN_MS),
  };
  const secured = http.tls.cert === undefined ? undefined : await ownCertificate(http.tls.cert);
  return new Promise((resolve, reject) => {
    const request = secured ? requestSecurely({ ...options, ...secured }) : requestPlainly(options);
    request.once("error", reject);
    request.once("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
        if (body.length > MAX_ANSWER) response.destroy(new Error("the answer is too long to be the agent's"));
      });
      response.once("error", reject);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.end();
  });
}

/** The door is known by its very certificate, whatever name that was made out for, and whoever signed it. */
async function ownCertificate(path: string): Promise<TlsOptions & { checkServerIdentity: () => undefined }> {
  return { ca: await readFile(path), allowPartialTrustChain: true, checkServerIdentity: () => undefined };
}
