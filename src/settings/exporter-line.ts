/** What `tallyman exporter NAME …` is asked for. */
export interface ExporterLine {
  readonly name: string;
  readonly arguments: readonly string[];
  /** Whether the metrics go to standard output. */
  readonly print: boolean;
  /** All of the run as JSON, in place of the metrics. */
  readonly debug: boolean;
  /** HOST:PORT or an URL. */
  readonly pushgateway?: string;
}

export interface ReadExporterLine {
  readonly configFile?: string;
  readonly help: boolean;
  /** Absent where no name is given. */
  readonly line?: ExporterLine;
  readonly problem?: string;
}

const NAME = "--exporter";
const CONFIG = "--config";
const GATEWAY = "--pushgateway-address";
const WITH_VALUE = [NAME, CONFIG, GATEWAY];

/**
 * Of `exporter NAME …` and of the older `--exporter NAME …`; nothing for any other line. What is not ours belongs to the
 * program, and so does everything after `--`. `--config` is ours before the name only, or no program could have a `-c`.
 */
export function readExporterLine(args: readonly string[]): ReadExporterLine | undefined {
  let name: string | undefined;
  let isExporter = false;
  const ofProgram: string[] = [];
  const values: Record<string, string> = {};
  const flags = new Set<string>();

  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    const option = optionOf(word, name !== undefined);
    if (word === "--") {
      const rest = args.slice(i + 1);
      if (name === undefined) name = rest.shift();
      ofProgram.push(...rest);
      break;
    }
    if (option !== undefined && WITH_VALUE.includes(option.name)) {
      const value = option.value ?? args[++i];
      if (value === undefined || value === "")
        return isExporter || option.name !== CONFIG ? wrong(`${option.name} needs a value`) : undefined;
      if (option.name === NAME) {
        if (name !== undefined) return wrong("one program at a time");
        isExporter = true;
        name = value;
      } else values[option.name] = value;
    } else if (option !== undefined) flags.add(option.name);
    else if (name !== undefined) ofProgram.push(word);
    else if (!isExporter && word === "exporter") isExporter = true;
    else if (!isExporter) return undefined;
    else if (word.startsWith("-"))
      return wrong(`there is no option ${word}; a program's arguments come after its name`);
    else name = word;
  }
  if (!isExporter) return undefined;
  return {
    help: flags.has("--help"),
    ...(values[CONFIG] !== undefined && { configFile: values[CONFIG] }),
    ...(name === undefined ? { problem: "exporter needs the name of a program" } : { line: lineOf(name) }),
  };

  function lineOf(program: string): ExporterLine {
    return {
      name: program,
      arguments: ofProgram,
      print: !flags.has("--no-print"),
      debug: flags.has("--debug"),
      ...(values[GATEWAY] !== undefined && { pushgateway: values[GATEWAY] }),
    };
  }
}

function wrong(problem: string): ReadExporterLine {
  return { help: false, problem };
}

/** One of ours, with the value that may stand in the same word. */
function optionOf(word: string, isNamed: boolean): { name: string; value?: string } | undefined {
  const [, given = word, value] = /^(--[a-z-]+)=(.*)$/s.exec(word) ?? [];
  const name = { "-h": "--help", "-c": CONFIG }[given] ?? given;
  if (name === CONFIG && isNamed) return undefined;
  if (WITH_VALUE.includes(name)) return value === undefined ? { name } : { name, value };
  return ["--help", "--debug", "--no-print"].includes(name) && value === undefined ? { name } : undefined;
}
