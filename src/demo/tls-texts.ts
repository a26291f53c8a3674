/** What a server speaks TLS with; each is the PEM text itself. */
export interface TlsTexts {
  readonly key: string;
  readonly cert: string;
  /** Clients must show a certificate of this authority. */
  readonly clientCa?: string;
}

/** As node:https takes them. */
export function tlsServerOptions({ key, cert, clientCa }: TlsTexts) {
  return {
    key,
    cert,
    ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
  };
}
