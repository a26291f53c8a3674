export type OtlpProtocol = "http/protobuf" | "http/json" | "grpc";
export type OtlpSignal = "metrics" | "logs";

/** Where requests go, and how: what both the outlet and `checkEndpoint` need. */
export interface OtlpConnectionOptions {
  /** Absent: metrics. */
  readonly signal?: OtlpSignal | undefined;
  readonly protocol: OtlpProtocol;
  /** Absent: the specification's default. */
  readonly endpoint?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Further headers, a line `Name: value` each; read at each request, as are the other files. */
  readonly headersFile?: string | undefined;
  readonly bearerToken?: string | undefined;
  readonly bearerTokenFile?: string | undefined;
  readonly compression: "gzip" | "none";
  readonly tls: TlsPaths;
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY are taken from here. */
  readonly proxyEnvironment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Paths of PEM files. */
export interface TlsPaths {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface OtlpOptions extends OtlpConnectionOptions {
  readonly intervalMs: number;
  /** Of a whole export, retries included; at most the interval counts. */
  readonly timeoutMs: number;
  readonly maxRequestBytes: number;
  /** How many of the groups that the source gives share a request. */
  readonly groupsPerRequest: number;
  readonly endSeriesOnStop: boolean;
  /** Asked after each collection, since some of it is known only once the engine was reached. */
  resource(): Readonly<Record<string, string>>;
}
