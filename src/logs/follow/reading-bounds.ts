/** Whether more than so many bytes came within a second. */
export function createRate(maxBytesPerSecond = Number.POSITIVE_INFINITY): (bytes: number) => boolean {
  let sinceMs = performance.now();
  let bytes = 0;
  return (more) => {
    const nowMs = performance.now();
    if (nowMs - sinceMs > 1_000) {
      sinceMs = nowMs;
      bytes = 0;
    }
    bytes += more;
    return bytes > maxBytesPerSecond;
  };
}

export interface Patience {
  begin(onOver: () => void): void;
  renew(): void;
  end(): void;
  readonly isOver: boolean;
}

const ENDLESS_PATIENCE: Patience = { begin() {}, renew() {}, end() {}, isOver: false };

/** Runs `onOver` when it was neither renewed nor ended nor excused for so long; never without a time. */
export function createPatience(ms: number | undefined, isExcused = () => false): Patience {
  if (ms === undefined) return ENDLESS_PATIENCE;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  return {
    begin(onOver) {
      timer = setTimeout(() => {
        if (isExcused()) return void timer?.refresh();
        isOver = true;
        onOver();
      }, ms);
    },
    renew: () => void timer?.refresh(),
    end() {
      clearTimeout(timer);
      timer = undefined;
    },
    get isOver() {
      return isOver;
    },
  };
}
