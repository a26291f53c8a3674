export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads Prometheus' text format 0.0.4, and fails at a line that is none. */
export function parseExposition(text: string): Sample[] {
  const lines = text
    .split("\n")
    .filter((line) => line !== "" && !/^# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* \S/.test(line));
  return lines.map((line) => {
    const [, name = "", , pairs = "", value = ""] =
      /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*",?)*)\})? (\S+)$/u.exec(line) ?? [];
    if (name === "" || Number.isNaN(Number(value))) throw new Error(`not Prometheus text: ${line}`);
    const labels = [...pairs.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/gu)];
    return {
      name,
      labels: Object.fromEntries(labels.map(([, label, quoted]) => [label, JSON.parse(`"${quoted}"`) as string])),
      value: Number(value),
    };
  });
}
