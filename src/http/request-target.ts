export const MAX_TARGET = 4096;
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;
/** An encoded slash or backslash is no part of any path here; decoded it would pass for a separator. */
const ENCODED_SEPARATOR = /%(2f|5c)/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through.
const CONTROL = /[\u0000-\u001f\u007f]/;

export interface RequestTarget {
  readonly path: string;
  readonly query: string;
}

/** What a request line asks for, or the status that it is refused with. A path that tries to leave its folder is a bad one. */
export function readTarget(target: string): RequestTarget | { readonly refused: 400 | 404 | 414 } {
  if (target.length > MAX_TARGET) return { refused: 414 };
  // RFC 9112, 3.2.2: servers take the absolute form too.
  const local = target.replace(ABSOLUTE_FORM, "") || "/";
  const cut = local.indexOf("?");
  const encoded = cut < 0 ? local : local.slice(0, cut);
  const query = cut < 0 ? "" : local.slice(cut + 1);
  if (!encoded.startsWith("/") || local.includes("#")) return { refused: 400 };
  if (ENCODED_SEPARATOR.test(encoded)) return { refused: 404 };
  const path = decoded(encoded);
  if (path === undefined || CONTROL.test(path) || path.includes("\\")) return { refused: 400 };
  const parts = path.slice(1).split("/");
  if (parts.includes("..") || parts.includes(".")) return { refused: 400 };
  if (parts.slice(0, -1).includes("")) return { refused: 404 };
  return { path, query };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
