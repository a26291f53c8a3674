/** A log that is read, as far as it has to wait for others. */
export interface IntakeSource {
  /** It is its turn: what it has is handed on. */
  deliver(): void;
  /** Nothing more is read of its connection, so that the engine waits. */
  stopReading(): void;
  startReading(): void;
}

/** What all logs together may have in memory. */
export interface Intake {
  /** So much more is held of a log, or so much less. */
  hold(bytes: number): void;
  /** Reads on as soon as there is room: at once, or after those that have waited longer. */
  read(source: IntakeSource): void;
  /** It is paused, by itself. */
  stop(source: IntakeSource): void;
  /** Has it deliver in its turn; the turn lasts until it leaves. */
  enter(source: IntakeSource): void;
  leave(source: IntakeSource): void;
}

export interface IntakeOptions {
  /** Of all logs; one more reading may pass it. */
  readonly maxBytes?: number;
  /** What is read of one at once: 64 KiB, as much as libuv reads (1.51). */
  readonly readBytes?: number;
  /** So many hand on what they have at once. */
  readonly atOnce?: number;
  /** A turn that takes longer no longer counts, so that logs whose lines can't be written hold up no others. */
  readonly patienceMs?: number;
}

/**
 * Lines that wait for the disk grow old in V8's heap, which is slow to give back what has grown old, so few logs have lines
 * at once, in the order in which they came; the others have what was received, and no more than the bound together.
 */
export function createIntake({
  maxBytes = 16 * 1024 * 1024,
  readBytes = 64 * 1024,
  atOnce = 4,
  patienceMs = 1_000,
}: IntakeOptions = {}): Intake {
  const reading = new Set<IntakeSource>();
  /** Sets keep the order in which they were filled. */
  const paused = new Set<IntakeSource>();
  const waiting = new Set<IntakeSource>();
  const since = new Map<IntakeSource, number>();
  let heldBytes = 0;
  let resuming: NodeJS.Immediate | undefined;
  let impatience: NodeJS.Timeout | undefined;

  function pauseAll() {
    for (const source of reading) {
      paused.add(source);
      source.stopReading();
    }
    reading.clear();
  }

  /** No more than there is room for: what has nothing to tell has shown it by the time of the next. */
  function resumeSome() {
    resuming = undefined;
    let room = Math.ceil((maxBytes - heldBytes) / readBytes);
    for (const source of paused) {
      if (room-- <= 0) break;
      paused.delete(source);
      reading.add(source);
      source.startReading();
    }
    if (paused.size > 0 && heldBytes < maxBytes) resuming = setImmediate(resumeSome);
  }

  function serve() {
    for (const source of waiting) {
      if (since.size >= atOnce) break;
      waiting.delete(source);
      since.set(source, performance.now());
      source.deliver();
    }
    if (waiting.size > 0 && impatience === undefined) impatience = setTimeout(passOver, patienceMs).unref();
  }

  function passOver() {
    impatience = undefined;
    const nowMs = performance.now();
    for (const [source, beganAtMs] of since) if (nowMs - beganAtMs >= patienceMs) since.delete(source);
    serve();
  }

  return {
    hold(bytes) {
      heldBytes += bytes;
      if (heldBytes >= maxBytes) pauseAll();
      // Not for each log that frees a little: to pause and to resume all costs some calls of the system for each.
      else if (paused.size > 0 && heldBytes <= maxBytes / 2 && resuming === undefined)
        resuming = setImmediate(resumeSome);
    },
    read(source) {
      if (heldBytes >= maxBytes || paused.size > 0) {
        paused.add(source);
        source.stopReading();
        return;
      }
      reading.add(source);
      source.startReading();
    },
    stop(source) {
      reading.delete(source);
      paused.delete(source);
    },
    enter(source) {
      waiting.add(source);
      serve();
    },
    leave(source) {
      waiting.delete(source);
      if (since.delete(source)) serve();
    },
  };
}
