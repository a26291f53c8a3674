/** Where an engine listens. `text` is how messages name it, without credentials. */
export type EngineAddress =
  | { readonly kind: "socket" | "pipe"; readonly path: string; readonly text: string }
  | {
      readonly kind: "tcp";
      readonly protocol: "http" | "https";
      readonly host: string;
      readonly port: number;
      /** "" or "/prefix", never with a slash at its end. */
      readonly pathPrefix: string;
      readonly text: string;
    };

export const EXPECTED_ADDRESS =
  "unix:///var/run/docker.sock, npipe:////./pipe/docker_engine, tcp://host:2375 or https://host:2376";

/**
 * Reads an address as people write it in DOCKER_HOST and in settings; throws an error that says what is expected.
 * With `tls` (a certificate file is given) tcp:// means https.
 */
export function parseAddress(given: string, { tls = false }: { tls?: boolean } = {}): EngineAddress {
  const text = given.trim();
  if (/^npipe:/i.test(text)) return pipe(text.replace(/^npipe:\/*/i, ""), given);
  if (/^[\\/]{2}[^\\/]+[\\/]pipe[\\/]/.test(text)) return pipe(text.replace(/^[\\/]+/, ""), given);
  if (/^unix:/i.test(text)) return socket(text.replace(/^unix:(\/\/)?/i, ""), given);
  if (text.startsWith("/")) return socket(text, given);
  if (/^ssh:/i.test(text)) throw new Error(sshRefusal(text));
  if (/^(tcp|https?):\/\//i.test(text)) return network(text, tls);
  throw new Error(`engine address ${JSON.stringify(given)} is not understood: expected ${EXPECTED_ADDRESS}`);
}

function socket(path: string, given: string): EngineAddress {
  if (!path.startsWith("/"))
    throw new Error(
      `engine address ${JSON.stringify(given)} has no absolute path: expected unix:///var/run/docker.sock`,
    );
  return { kind: "socket", path, text: `unix://${path}` };
}

/** Every spelling (four slashes, two, backslashes) becomes //./pipe/name, which Node takes on Windows. */
function pipe(spelled: string, given: string): EngineAddress {
  const match = /^([^\\/]+)[\\/]pipe[\\/](.+)$/i.exec(spelled);
  if (!match)
    throw new Error(`engine address ${JSON.stringify(given)} names no pipe: expected npipe:////./pipe/docker_engine`);
  const path = `//${match[1]}/pipe/${match[2]}`;
  return { kind: "pipe", path, text: `npipe://${path}` };
}

function network(text: string, tls: boolean): EngineAddress {
  // Only http(s) gives URL its parsing of hosts and ports; tcp:// is the Docker client's own scheme.
  const url = parsedUrl(text.replace(/^tcp:/i, "http:"));
  if (!url) throw new Error(`engine address ${JSON.stringify(text)} is no URL: expected ${EXPECTED_ADDRESS}`);
  if (url.username || url.password)
    throw new Error(
      `engine address of ${url.host} holds a user name or password: the Engine API takes certificates only`,
    );
  if (url.search || url.hash)
    throw new Error(`engine address ${JSON.stringify(text)} has a query: expected scheme://host:port/prefix`);
  const isTcp = /^tcp:/i.test(text);
  const protocol = url.protocol === "https:" || (isTcp && tls) ? "https" : "http";
  const given = portOf(text);
  const defaults = isTcp ? { http: 2375, https: 2376 } : { http: 80, https: 443 };
  const port = given ?? defaults[protocol];
  const pathPrefix = url.pathname.replace(/\/+$/, "");
  return {
    kind: "tcp",
    protocol,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port,
    pathPrefix,
    text: `${isTcp ? "tcp" : protocol}://${url.hostname}:${port}${pathPrefix}`,
  };
}

function parsedUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** URL drops a port that is its scheme's default, which is not tcp's. */
function portOf(text: string): number | undefined {
  const match = /^[a-z]+:\/\/(?:\[[^\]]*\]|[^/:?#]*):(\d+)/i.exec(text);
  return match ? Number(match[1]) : undefined;
}

function sshRefusal(text: string): string {
  return (
    `engine address ${JSON.stringify(text)}: ssh is not spoken here. Forward the socket instead, ` +
    "`ssh -N -L /tmp/docker.sock:/var/run/docker.sock user@host`, and give unix:///tmp/docker.sock"
  );
}
