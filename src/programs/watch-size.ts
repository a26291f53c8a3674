import { stat } from "node:fs/promises";

const EVERY_MS = 200;

/** Looks at a file while it is written, so that a program that never ends does not fill the disk. Returns what ends that. */
export function watchSize(path: string, maxBytes: number, onTooLarge: () => void): () => void {
  let timer = setTimeout(look, EVERY_MS);
  let isOver = false;

  async function look() {
    // Where there is none, the program puts another in its place, or will be told so at its end.
    const found = await stat(path).catch(() => undefined);
    if (isOver) return;
    if (found !== undefined && found.size > maxBytes) onTooLarge();
    else timer = setTimeout(look, EVERY_MS);
  }

  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
