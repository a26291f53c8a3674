import { filePath, text } from "../kinds.ts";
import { optional } from "../setting.ts";

const name = text({ expected: "a name without colons", pattern: /^[^\r\n\0:]+$/ });
const secretText = text({ expected: "a text without line breaks", pattern: /^[^\r\n\0]+$/ });
const file = filePath({ expected: "the path of a file" });

export interface LoginWords {
  readonly username: { readonly description: string; readonly example: string };
  readonly bearerToken: string;
  /** "read at each push" */
  readonly filesAre: string;
  /** What the examples of their names begin with. */
  readonly filesOf: string;
}

/** Name and password, or a token; the secrets as they are or in files. */
export function loginSettings({ username, bearerToken, filesAre, filesOf }: LoginWords) {
  return {
    username: optional(name, { ...username, otherwise: "none" }),
    password: optional(secretText, {
      description: "Password of `username`.",
      example: "a-password",
      otherwise: "none",
      secret: true,
    }),
    passwordFile: optional(file, {
      description: `File that holds the password; ${filesAre}.`,
      example: `/run/secrets/${filesOf}-password`,
      otherwise: "none",
    }),
    bearerToken: optional(secretText, {
      description: bearerToken,
      example: "a-token",
      otherwise: "none",
      secret: true,
    }),
    bearerTokenFile: optional(file, {
      description: `File that holds the bearer token; ${filesAre}.`,
      example: `/run/secrets/${filesOf}-token`,
      otherwise: "none",
    }),
  };
}
