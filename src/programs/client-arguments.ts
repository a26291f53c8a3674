/** What a client asks for after the "?": arguments in their order, and whether it wants to see how the run went. */
export interface ClientQuery {
  readonly arguments: readonly string[];
  readonly debug: boolean;
}

/**
 * `--target=core-sw01&--verbose` is two arguments. Each part is decoded as forms are (a plus is a space, as Prometheus
 * writes one), and is one argument whatever it holds. Nothing for a query that can't be decoded, or holds a NUL, which no
 * argument can.
 */
export function readClientQuery(query: string): ClientQuery | undefined {
  const parts = query.split("&").filter((part) => part !== "");
  const decoded: string[] = [];
  for (const part of parts) {
    try {
      decoded.push(decodeURIComponent(part.replaceAll("+", " ")));
    } catch {
      return undefined;
    }
  }
  if (decoded.some((argument) => argument.includes("\0"))) return undefined;
  const given = decoded.filter((argument) => !isDebug(argument));
  return { arguments: given, debug: given.length < decoded.length };
}

/** The first argument that none of `allowed` fits. */
export function firstForbidden(given: readonly string[], allowed: readonly string[]): string | undefined {
  const fits = allowed.map(fitting);
  return given.find((argument) => !fits.some((fit) => fit(argument)));
}

/** Prometheus writes a parameter without a value with an equals sign. */
function isDebug(argument: string): boolean {
  return argument === "debug" || argument === "debug=";
}

/** A star stands for any text; `--target` stands for `--target=…` too. */
function fitting(allowed: string): (argument: string) => boolean {
  const [first = "", ...rest] = allowed.split("*");
  const last = rest.pop();
  if (last === undefined) return (argument) => argument === allowed || argument.startsWith(`${allowed}=`);
  return (argument) => {
    if (!argument.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = argument.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return argument.length - last.length >= at && argument.endsWith(last);
  };
}
