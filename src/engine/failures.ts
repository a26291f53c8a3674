import { EngineError } from "./engine.ts";

/** A request that got no reply, or not the whole of one. */
export function connectionFailure(
  cause: unknown,
  { what, timeoutMs, gaveUp }: { what: string; timeoutMs: number; gaveUp: "deadline" | "caller" | undefined },
): EngineError {
  if (gaveUp === "deadline")
    return new EngineError(`${what} was not answered within ${timeoutMs} ms`, { kind: "timeout", cause });
  if (gaveUp === "caller") return new EngineError(`${what} was given up by its caller`, { kind: "timeout", cause });
  const { code = "", message } = cause as NodeJS.ErrnoException;
  if (code.startsWith("HPE_"))
    return new EngineError(`${what} was answered with something that is not HTTP (${message}): ${SCHEME_REMEDY}`, {
      kind: "malformed",
      cause,
    });
  const remedy = REMEDIES[code] ?? (isCertificateTrouble(code) ? CERTIFICATE_REMEDY : undefined);
  return new EngineError(`${what} failed: ${message}${remedy ? `. ${remedy}` : ""}`, { kind: "unreachable", cause });
}

/** A request that was answered with a status other than 200. */
export function statusFailure({
  what,
  statusCode,
  body,
}: {
  what: string;
  statusCode: number;
  body: string;
}): EngineError {
  const said = saidIn(body);
  const because = said ? `: ${said}` : "";
  if (statusCode === 401 || statusCode === 403)
    return new EngineError(`${what} was forbidden (${statusCode})${because}. ${PROXY_REMEDY}`, {
      kind: "forbidden",
      statusCode,
    });
  if (statusCode === 404)
    return new EngineError(`${what} found nothing (404)${because}`, { kind: "not-found", statusCode });
  // The engine itself answers in JSON: such a status without it is a proxy's, whose engine is away.
  if ([502, 503, 504].includes(statusCode) && !isJson(body))
    return new EngineError(`${what} found a proxy without its engine (${statusCode})`, {
      kind: "unreachable",
      statusCode,
    });
  if (statusCode >= 300 && statusCode < 400)
    return new EngineError(`${what} was redirected (${statusCode}): give the address of the engine itself`, {
      kind: "refused-by-engine",
      statusCode,
    });
  if (statusCode === 400 && /HTTP request to an HTTPS server/.test(body))
    return new EngineError(`${what} found TLS: ${SCHEME_REMEDY}`, { kind: "refused-by-engine", statusCode });
  return new EngineError(`${what} was refused (${statusCode})${because}`, {
    kind: isVersionRefusal(statusCode, body) ? "unsupported" : "refused-by-engine",
    statusCode,
  });
}

const PROXY_REMEDY =
  "A socket proxy has to let GET /_ping, /version, /info, /events and /containers/ through " +
  "(tecnativa's docker-socket-proxy: CONTAINERS=1 and INFO=1; PING, VERSION and EVENTS are on by default)";
const SCHEME_REMEDY = "use https:// and certificates where the engine speaks TLS, http:// or tcp:// where it does not";
const CERTIFICATE_REMEDY =
  "The engine's certificate is not trusted: give the CA that signed it, and a client certificate with its key";

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: "Nothing is there: is the engine running, and its socket mounted into this container?",
  ECONNREFUSED: "Nothing listens there: is the engine running?",
  EACCES:
    "Permission denied: run with the group that owns the socket (`--group-add $(stat -c %g /var/run/docker.sock)`)",
  EPERM: "Permission denied: a security module (SELinux, AppArmor) keeps this process from the socket",
  ENOTSOCK: "It is no socket: an earlier bind mount may have made a folder of that name",
  ENOTFOUND: "The host name is not known",
  EAI_AGAIN: "The host name could not be looked up",
  EPROTO: SCHEME_REMEDY,
  CERT_HAS_EXPIRED: "The engine's certificate is out of date: renew it there; Tallyman takes the new one as it is",
};

/** "client version 1.51 is too new. Maximum supported API version is 1.41": with status 400, as JSON or plain text. */
function isVersionRefusal(statusCode: number, body: string): boolean {
  return statusCode === 400 && /client version [\d.]+ is too (new|old)/.test(body);
}

function isCertificateTrouble(code: string): boolean {
  return /CERT|^ERR_TLS|^ERR_SSL|^UNABLE_TO_|SELF_SIGNED/.test(code);
}

const MAX_SAID = 300;

/** What the engine says in a reply that is no success; never a proxy's page. */
function saidIn(body: string): string {
  let said = body;
  if (isJson(body)) {
    const { message } = JSON.parse(body) as { message?: unknown };
    said = typeof message === "string" ? message : "";
  } else if (/<\w/.test(body)) return "";
  const line = said.replace(/\s+/g, " ").trim();
  return line.length > MAX_SAID ? `${line.slice(0, MAX_SAID)}…` : line;
}

function isJson(body: string): boolean {
  try {
    const value = JSON.parse(body);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}
