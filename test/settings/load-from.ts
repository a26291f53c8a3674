import { type LoadedSettings, loadSettings, type RefusedSettings } from "../../src/settings/load.ts";

export interface Sources {
  readonly env?: Record<string, string>;
  /** The text of ./config.json5. */
  readonly file?: string;
  /** Texts by path, where another file than that is needed; an error is what reading it gives. */
  readonly files?: Record<string, string | Error>;
  readonly configFile?: string;
  readonly platform?: NodeJS.Platform;
  readonly metricNames?: readonly string[];
}

/** Loads settings from texts, as if the working directory were /srv/agent. */
export function loadFrom({ env = {}, file, files = {}, platform = "linux", ...rest }: Sources) {
  const texts: Record<string, string | Error> =
    file === undefined ? files : { ...files, "/srv/agent/config.json5": file };
  return loadSettings({
    env,
    platform,
    cwd: "/srv/agent",
    readText(path) {
      const text = texts[path];
      if (text === undefined) throw fileError("ENOENT");
      if (text instanceof Error) throw text;
      return text;
    },
    ...rest,
  });
}

export function loaded(sources: Sources): LoadedSettings {
  const result = loadFrom(sources);
  if (!result.ok) throw new Error(`refused: ${result.problems.join("\n")}`);
  return result;
}

export function refused(sources: Sources): RefusedSettings {
  const result = loadFrom(sources);
  if (result.ok) throw new Error("the settings were taken");
  return result;
}

export function fileError(code: string): Error {
  return Object.assign(new Error(`${code}: …`), { code });
}

/** The value at "otlp.tls.ca". */
export function at(settings: object, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], settings);
}

/** `{ otlp: { interval: value } }` for "otlp.interval". */
export function nestedAt(path: string, value: unknown): object {
  return path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object;
}
