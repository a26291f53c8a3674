/**
 * Why a (valid) regular expression could take too long on some line. A backtracking engine tries every way to divide a text
 * among repeats: (a+)+ doubles its time with each character, and .*.*.*x took 20 s for 512 of them (Node 24).
 */
export function excessOf(source: string): string | undefined {
  const tokens = source.match(TOKENS) ?? [];
  const groups: { varies: boolean }[] = [{ varies: false }];
  let unclear = 0;
  for (const [i, token] of tokens.entries()) {
    const inner = groups.at(-1) as { varies: boolean };
    const isRepeated = REPEAT.test(tokens[i + 1] ?? "");
    const isVarying = isRepeated && !/^\{\d+\}/.test(tokens[i + 1] ?? "");
    if (token.startsWith("(")) groups.push({ varies: false });
    else if (token === "|") inner.varies = true;
    else if (token === ")") {
      groups.pop();
      if (isRepeated && inner.varies) return "it repeats a group that itself repeats or has alternatives";
      const outer = groups.at(-1) as { varies: boolean };
      if (inner.varies || isVarying) outer.varies = true;
      if (isVarying) unclear++;
    } else if (isVarying && !endsClearly(token, tokens[i + 2])) {
      inner.varies = true;
      unclear++;
    }
  }
  return unclear > MAX_UNCLEAR
    ? `it has more than ${MAX_UNCLEAR} repeats of which it is not clear where they end`
    : undefined;
}

/** At most a fifth of a second for a line that is made to hurt. */
const MAX_UNCLEAR = 2;

/** Escapes, classes and groups' beginnings whole, each repeat with its "?". */
const TOKENS = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|<\w+>)|[*+?]\??|\{\d+(?:,\d*)?\}\??|[\s\S]/g;
const REPEAT = /^(?:[*+]|\{\d+(?:,\d*)?\})\??$/;

/** Whether what follows a repeat is a character that can't belong to it, as in `\d+:`; at the end there is nothing to try. */
function endsClearly(repeated: string, next: string | undefined): boolean {
  if (next === undefined) return true;
  const literal = /^\\[^\w]$/.test(next) ? next.slice(1) : /^[^\\[()|^$.?*+{]$/.test(next) ? next : undefined;
  return literal !== undefined && !new RegExp(`^(?:${repeated})$`, "is").test(literal);
}
