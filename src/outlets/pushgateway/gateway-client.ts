import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { VERSION } from "../../kit/version.ts";
import { ConnectionFileError, fileText, requestHeaders } from "../otlp/connection-files.ts";
import { createHttpAgents } from "../otlp/http-agents.ts";
import type { SendFailure } from "../otlp/request-sender.ts";
import { gatewayUrl } from "./gateway-address.ts";
import type { GatewayConnection } from "./gateway-options.ts";

export interface GatewayRequest {
  readonly method: "PUT" | "DELETE" | "GET";
  /** Behind the address's own. */
  readonly path: string;
  /** Prometheus text. */
  readonly body?: Uint8Array;
}

export interface GatewayClient {
  /** Nothing: it was accepted. Never rejects. */
  send(request: GatewayRequest, signal: AbortSignal): Promise<SendFailure | undefined>;
  close(): void;
}

/** Of an answer, what may be shown. */
const MAX_DETAIL_LENGTH = 300;
const MAX_ANSWER_BYTES = 16 * 1024;

/** Throws on an address that is none. */
export function createGatewayClient(connection: GatewayConnection): GatewayClient {
  const url = gatewayUrl(connection.address);
  const secure = url.protocol === "https:";
  const agents = createHttpAgents(secure, connection);
  const base = url.pathname.replace(/\/+$/, "");

  async function attempt(
    { method, path, body }: GatewayRequest,
    signal: AbortSignal,
  ): Promise<SendFailure | undefined> {
    const options: RequestOptions = {
      method,
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: url.port || (secure ? 443 : 80),
      path: `${base}${path}`,
      agent: await agents.current(),
      signal,
      headers: {
        "user-agent": `tallyman/${VERSION}`,
        ...(await authorization(connection)),
        ...(body && { "content-type": "text/plain; version=0.0.4; charset=utf-8", "content-length": body.length }),
      },
    };
    const { statusCode: status = 0, ...rest } = await answerOf(secure ? httpsRequest : httpRequest, options, body);
    return status >= 200 && status <= 299 ? undefined : { kind: "http", status, detail: rest.text };
  }

  return {
    async send(request, signal) {
      try {
        return await attempt(request, signal);
      } catch (error) {
        return failureOf(error as NodeJS.ErrnoException, signal);
      }
    },
    close: () => agents.reset(),
  };
}

async function authorization(connection: GatewayConnection): Promise<Record<string, string>> {
  const { username, password, passwordFile } = connection;
  if (username === undefined) return requestHeaders({ ...connection, headers: {} });
  const secret = passwordFile === undefined ? (password ?? "") : (await fileText("password", passwordFile)).trim();
  return { authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}` };
}

/** Also one that comes, with the connection's end, before the body was taken. */
function answerOf(request: typeof httpRequest, options: RequestOptions, body: Uint8Array | undefined) {
  return new Promise<{ statusCode: number | undefined; text: string }>((resolve, reject) => {
    const outgoing = request(options, (incoming) => {
      textOf(incoming).then((text) => resolve({ statusCode: incoming.statusCode, text }), reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of incoming.setEncoding("utf8")) {
    if (text.length < MAX_ANSWER_BYTES) text += chunk;
  }
  return text
    .replace(/[\s\p{Cc}\ufffd]+/gu, " ")
    .trim()
    .slice(0, MAX_DETAIL_LENGTH);
}

function failureOf(error: NodeJS.ErrnoException, signal: AbortSignal): SendFailure {
  if (error instanceof ConnectionFileError) return { kind: "local", detail: error.message };
  if (signal.aborted) return { kind: "timeout", detail: "no answer in time" };
  const { code = "network error", message } = error;
  return /^ERR_(INVALID|HTTP)_/.test(code)
    ? { kind: "local", detail: message }
    : { kind: "network", code, detail: message };
}
