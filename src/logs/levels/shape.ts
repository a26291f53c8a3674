/** Keys and indices from the whole down to a value. */
export type Path = readonly (string | number)[];

export interface Problem {
  readonly at: Path;
  readonly what: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Reads a value that may be anything, and says what is wrong with it. */
export interface Shape {
  readonly problems: readonly Problem[];
  refuse(at: Path, what: string): void;
  /** Its fields; those that are not known are refused, but for a leading "_" or "$", by which people write remarks. */
  object(value: unknown, at: Path, known: readonly string[]): Fields | undefined;
  list(value: unknown, at: Path): readonly unknown[];
  text(value: unknown, at: Path): string | undefined;
}

export function createShape(): Shape {
  const problems: Problem[] = [];
  const refuse = (at: Path, what: string) => void problems.push({ at, what });

  return {
    problems,
    refuse,
    object(value, at, known) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        refuse(at, `expected an object, got ${shown(value)}`);
        return undefined;
      }
      for (const key of Object.keys(value)) {
        if (known.includes(key) || /^[_$]/.test(key)) continue;
        refuse([...at, key], `unknown key ${JSON.stringify(key)}; known here: ${known.join(", ")}`);
      }
      return value as Fields;
    },
    list(value, at) {
      if (Array.isArray(value)) return value;
      refuse(at, `expected a list, got ${shown(value)}`);
      return [];
    },
    text(value, at) {
      if (typeof value === "string" && value !== "" && value.length <= MAX_TEXT_LENGTH) return value;
      const isText = typeof value === "string" && value !== "";
      refuse(at, isText ? `longer than ${MAX_TEXT_LENGTH} characters` : `expected a text, got ${shown(value)}`);
      return undefined;
    },
  };
}

const MAX_TEXT_LENGTH = 1024;

export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
