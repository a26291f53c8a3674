import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A fresh folder with a short path (a unix socket's may have 107 bytes), and its removal. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "e2e-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
