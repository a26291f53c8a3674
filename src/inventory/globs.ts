import picomatch from "picomatch";

/** "*" stands for anything, slashes and leading dots too: these are names, not paths. */
export function glob(patterns: readonly string[]): (text: string) => boolean {
  return picomatch([...patterns], { bash: true, dot: true, nonegate: true, windows: false, flags: "s" });
}

/** `name`, `name=value`, or `name=` for a label without a value. */
export function labelGlobs(patterns: readonly string[]): (labels: Readonly<Record<string, string>>) => boolean {
  const tests = patterns.map((pattern) => {
    const at = pattern.indexOf("=");
    const name = glob([at < 0 ? pattern : pattern.slice(0, at)]);
    const wanted = at < 0 ? "" : pattern.slice(at + 1);
    const value = at < 0 ? () => true : wanted === "" ? (text: string) => text === "" : glob([wanted]);
    return (labels: Readonly<Record<string, string>>) =>
      Object.entries(labels).some((label) => name(label[0]) && value(String(label[1])));
  });
  return (labels) => tests.some((test) => test(labels));
}
