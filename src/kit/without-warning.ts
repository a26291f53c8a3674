/** Runs `work` without the warnings of Node that it would give and `isKnown` names; all others are given as ever. */
export async function withoutWarning<T>(
  isKnown: (warning: { type: string; text: string }) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...more: unknown[]) => {
    const type = typeof more[0] === "string" ? more[0] : warning instanceof Error ? warning.name : "Warning";
    if (isKnown({ type, text: String(warning) })) return;
    Reflect.apply(emitWarning, process, [warning, ...more]);
  };
  try {
    return await work();
  } finally {
    process.emitWarning = emitWarning;
  }
}
