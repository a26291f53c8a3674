import * as z from "zod/mini";
import { filePath } from "../kinds.ts";
import { optional } from "../setting.ts";

/** The files of a TLS connection to `peer`, all PEM; where one is not given, that of `general` counts. */
export function tlsSection(peer: string, general?: string) {
  const otherwise = (none: string, name: string) => (general === undefined ? none : `that of \`${general}.${name}\``);
  const file = filePath({ expected: "the path of a PEM file" });
  return z.strictObject({
    ca: optional(file, {
      description: `File with the certificates of the authorities that may sign the certificate of ${peer}.`,
      example: "/run/secrets/ca.pem",
      otherwise: otherwise("the authorities that Node.js knows", "ca"),
    }),
    cert: optional(file, {
      description: `File with the client certificate that ${peer} asks for; with \`key\`.`,
      example: "/run/secrets/cert.pem",
      otherwise: otherwise("none", "cert"),
    }),
    key: optional(file, {
      description: "File with the key of `cert`.",
      example: "/run/secrets/key.pem",
      otherwise: otherwise("none", "key"),
    }),
  });
}
