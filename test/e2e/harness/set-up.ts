import { after } from "node:test";

interface Endable {
  end(): Promise<void>;
}

/** Hands a thing on, and sees to its end. */
export type Own = <T extends Endable>(started: T) => T;

/**
 * Sets up what a test file needs. What was handed to `own` is ended after the file's tests, or when the set-up itself
 * fails: the newest first, and each also when another can't be.
 */
export async function setUp<T>(build: (own: Own) => Promise<T>): Promise<T & { own: Own }> {
  const all: Endable[] = [];
  const own: Own = (started) => {
    all.push(started);
    return started;
  };
  async function endAll() {
    const failures: unknown[] = [];
    for (const one of all.splice(0).reverse()) await one.end().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, "not all could be ended");
  }
  try {
    const built = await build(own);
    after(endAll);
    return { ...built, own };
  } catch (error) {
    await endAll();
    throw error;
  }
}
