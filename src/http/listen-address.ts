/** Where the door listens. Without a host: all interfaces. */
export type ListenAddress =
  | { readonly kind: "tcp"; readonly host?: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** Reads "127.0.0.1:9103", "[::1]:9103", ":9103", "9103", "unix:/path"; nothing for "off". */
export function listenAddress(text: string): ListenAddress | undefined {
  if (text === "off") return undefined;
  const path = /^unix:(?:\/\/)?(\/.*)$/.exec(text)?.[1];
  if (path !== undefined) return { kind: "unix", path };
  const [, host = "", port] = /^(?:(.*):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined) throw new Error(`"${text}" is no address to listen at`);
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  return { kind: "tcp", port: Number(port), ...(bare !== "" && { host: bare }) };
}

/** As people and clients write it: of all interfaces, this machine's own name for itself. */
export function doorUrl(address: ListenAddress, { secure }: { secure: boolean }): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  const host = clientHost(address.host);
  return `${secure ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${address.port}/`;
}

/** Whom a client on this machine connects to. */
export function clientHost(host: string | undefined): string {
  if (host === undefined || host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
