import { after } from "node:test";

interface Endable {
  end(): Promise<void>;
}

/**
 * For a test file: what is handed to the function that this returns is ended after the file's tests, the newest first,
 * and each also when another can't be.
 */
export function endingAll(): <T extends Endable>(started: T) => T {
  const all: Endable[] = [];
  after(async () => {
    const failures: unknown[] = [];
    for (const one of all.reverse()) await one.end().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, "not all could be ended");
  });
  return (started) => {
    all.push(started);
    return started;
  };
}
