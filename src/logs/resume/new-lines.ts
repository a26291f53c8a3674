import { createLineAssembler, type LineOptions } from "../lines.ts";
import type { LogLine, LogPiece, LogStream } from "../log-line.ts";
import { createResume, type Resume, type ResumeOptions } from "./resume.ts";

export interface NewLines extends Pick<Resume, "state" | "position" | "gapBefore"> {
  /** Those lines that the pieces complete and that are not held yet. */
  push(pieces: readonly LogPiece[]): readonly LogLine[];
  /** See `LineAssembler.flush`. */
  flush(): readonly LogLine[];
  /** Whether a line is under way. */
  readonly isPending: boolean;
}

/** One reading of a container's log: from pieces to the lines that are new. */
export function createNewLines(options: ResumeOptions & LineOptions): NewLines {
  const assembler = createLineAssembler(options);
  const resume = createResume(options);
  const begun: { [Stream in LogStream]: boolean } = { stdout: options.isWhole, stderr: options.isWhole };

  let isAtStart = options.isWhole;

  return {
    push(pieces) {
      if (isAtStart && pieces[0] !== undefined) {
        isAtStart = false;
        resume.start(pieces[0]);
      }
      if (begun.stdout && begun.stderr) return resume.pass(assembler.push(pieces));
      const taken: LogLine[] = [];
      let from = 0;
      for (const [index, piece] of pieces.entries()) {
        if (begun[piece.stream]) continue;
        begun[piece.stream] = true;
        if (piece.isEnded) continue;
        taken.push(...resume.pass(assembler.push(pieces.slice(from, index))));
        resume.begin(piece);
        from = index;
      }
      taken.push(...resume.pass(assembler.push(pieces.slice(from))));
      return taken;
    },
    flush: () => resume.pass(assembler.flush()),
    get isPending() {
      return assembler.isPending;
    },
    get state() {
      return resume.state;
    },
    get gapBefore() {
      return resume.gapBefore;
    },
    get position() {
      return resume.position;
    },
  };
}
