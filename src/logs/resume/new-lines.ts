import { createLineAssembler, type LineAssembler, type LineOptions } from "../lines.ts";
import type { LogLine, LogPiece, LogPosition, LogStream } from "../log-line.ts";
import { createResume, type Resume, type ResumeOptions } from "./resume.ts";

export interface NewLines extends Pick<Resume, "state" | "position" | "beginsLate" | "gapBefore" | "linesBefore"> {
  /** Those lines that the pieces complete and that are not held yet. */
  push(pieces: readonly LogPiece[]): readonly LogLine[];
  /** See `LineAssembler.flush`. */
  flush(): readonly LogLine[];
  /** Whether a line is under way. */
  readonly isPending: boolean;
}

/** One reading of a container's log: from pieces to the lines that are new. */
export function createNewLines(options: ResumeOptions & LineOptions): NewLines {
  return new ReadLines(options);
}

/** A class: there are thousands, and an object with a getter of its own has a table of 448 bytes (V8 13.6). */
class ReadLines implements NewLines {
  readonly #assembler: LineAssembler;
  readonly #resume: Resume;
  /** Of which streams something came; absent once that does not matter. */
  #begun: { [Stream in LogStream]: boolean } | undefined;
  #isAtStart: boolean;

  constructor(options: ResumeOptions & LineOptions) {
    this.#assembler = createLineAssembler(options);
    this.#resume = createResume(options);
    this.#begun = options.isWhole ? undefined : { stdout: false, stderr: false };
    this.#isAtStart = options.isWhole;
  }

  push(pieces: readonly LogPiece[]): readonly LogLine[] {
    if (this.#isAtStart && pieces[0] !== undefined) {
      this.#isAtStart = false;
      this.#resume.start(pieces[0]);
    }
    if (this.#begun !== undefined) return this.#pushFirst(pieces, this.#begun);
    return this.#resume.pass(this.#assembler.push(pieces));
  }

  flush(): readonly LogLine[] {
    return this.#resume.pass(this.#assembler.flush());
  }

  get isPending(): boolean {
    return this.#assembler.isPending;
  }

  get state(): Resume["state"] {
    return this.#resume.state;
  }

  get beginsLate(): boolean {
    return this.#resume.beginsLate;
  }

  get gapBefore(): string | undefined {
    return this.#resume.gapBefore;
  }

  get linesBefore(): number | undefined {
    return this.#resume.linesBefore;
  }

  get position(): LogPosition | undefined {
    return this.#resume.position;
  }

  #pushFirst(pieces: readonly LogPiece[], begun: { [Stream in LogStream]: boolean }): readonly LogLine[] {
    const taken: LogLine[] = [];
    let from = 0;
    for (const [index, piece] of pieces.entries()) {
      if (begun[piece.stream]) continue;
      begun[piece.stream] = true;
      if (piece.isEnded) continue;
      taken.push(...this.#resume.pass(this.#assembler.push(pieces.slice(from, index))));
      this.#resume.begin(piece);
      from = index;
    }
    taken.push(...this.#resume.pass(this.#assembler.push(pieces.slice(from))));
    if (begun.stdout && begun.stderr) this.#begun = undefined;
    return taken;
  }
}
