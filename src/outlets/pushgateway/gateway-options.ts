import type { TlsPaths } from "../otlp/otlp-options.ts";

export interface GatewayConnection {
  /** HOST:PORT, or an URL, whose path goes before the Pushgateway's own. */
  readonly address: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Read at each request, as are the other files. */
  readonly passwordFile?: string | undefined;
  readonly bearerToken?: string | undefined;
  readonly bearerTokenFile?: string | undefined;
  readonly tls: TlsPaths;
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY are taken from here. */
  readonly proxyEnvironment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Of a request. */
  readonly timeoutMs: number;
}

/** The labels of a group, which the Pushgateway puts on everything that is pushed under it. */
export interface GroupingKey {
  readonly job: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface GatewayOptions extends GatewayConnection {
  readonly intervalMs: number;
  /** Whether a clean stop removes the group; else it pushes once more. */
  readonly deleteOnExit: boolean;
  /** Asked at each push, since some of it is known only once the engine was reached. */
  groupingKey(): GroupingKey;
}
