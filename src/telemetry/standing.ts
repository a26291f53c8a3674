/** How an outlet, or what writes files, fares, for people. */
export interface Standing {
  readonly isFailing: boolean;
  readonly lastSuccessMs?: number;
  readonly lastError?: { readonly atMs: number; readonly text: string };
}

export interface StandingRecord {
  readonly now: Standing;
  succeeded(): void;
  failed(text: string): void;
}

export function createStanding(nowMs: () => number = Date.now): StandingRecord {
  let now: Standing = { isFailing: false };
  return {
    get now() {
      return now;
    },
    succeeded() {
      now = { ...now, isFailing: false, lastSuccessMs: nowMs() };
    },
    failed(text) {
      now = { ...now, isFailing: true, lastError: { atMs: nowMs(), text } };
    },
  };
}
