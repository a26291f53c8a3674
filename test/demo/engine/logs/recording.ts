/** A real engine's answers about one container's log. */
export interface Recording {
  readonly engine: string;
  readonly kernel: string;
  readonly recordedAt: string;
  /** Of its entries, or of the lines of a terminal. */
  readonly times: readonly string[];
  readonly answers: readonly RecordedReply[];
}

export interface RecordedReply {
  readonly path: string;
  readonly status: number;
  readonly contentType?: string;
  /** One byte a character, long runs of one folded. */
  readonly body: string;
}

/** "aaa…a" of 64 and more becomes "⟨a×64⟩": no byte is written with these brackets. */
export function folded(bytes: string): string {
  return bytes.replace(/([a-z])\1{63,}/g, (run, letter: string) => `⟨${letter}×${run.length}⟩`);
}

export function unfolded(text: string): string {
  return text.replace(/⟨(.)×(\d+)⟩/g, (_, letter: string, count: string) => letter.repeat(Number(count)));
}
