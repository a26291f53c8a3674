import type { ServerResponse } from "node:http";
import type { Fault } from "./faults.ts";

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
}

export function jsonReply(value: unknown, status = 200): Reply {
  return { status, body: JSON.stringify(value) };
}

/** What the engine says of anything that is wrong. */
export function errorReply(status: number, message: string): Reply {
  return jsonReply({ message }, status);
}

/** Sends a reply as Go's server does (a length for short bodies, chunks for the others), or as the fault has it. */
export function send(response: ServerResponse, reply: Reply, fault?: Fault) {
  const body = damaged(reply.body, fault);
  const breaksOff = fault?.kind === "stall" || fault?.kind === "truncate" || fault?.kind === "endless";
  response.writeHead(reply.status, {
    "Content-Type": reply.contentType ?? "application/json",
    ...(Buffer.byteLength(body) <= 2048 && !breaksOff ? { "Content-Length": Buffer.byteLength(body) } : {}),
  });
  if (!breaksOff || response.req.method === "HEAD") return void response.end(body);
  if (fault.kind === "endless") return neverEnd(response, body);
  response.write(body.slice(0, fault.afterBytes), () => {
    if (fault.kind === "truncate") response.destroy();
  });
}

function damaged(body: string, fault: Fault | undefined): string {
  if (fault?.kind === "edit") return JSON.stringify(fault.edit(JSON.parse(body) as never));
  if (fault?.kind === "malformed") return `${body.slice(0, body.length / 2)}<<<noise>>>`;
  return body;
}

const NOISE = " ".repeat(64 * 1024);

function neverEnd(response: ServerResponse, body: string) {
  const more = () => {
    while (!response.destroyed && response.write(NOISE));
  };
  response.on("drain", more);
  response.write(body.slice(0, -1));
  more();
}
