/** Lines that wait for further ones of their record. */
export interface HeldBack {
  /** Whose they are. */
  readonly key: string;
  bytes: number;
  /** There is no room for it any more: it is to be sent as it is. */
  isOverdue: boolean;
}

/** What all containers' lines that are held back may take together: past that, the oldest are to be sent as they are. */
export interface JoinRoom {
  take(held: HeldBack, bytes: number): void;
  leave(held: HeldBack): void;
  /** More is held back than may be, until those that are overdue are sent. */
  readonly isOver: boolean;
  /** Whose they are, the oldest first. */
  overdue(): string[];
}

export function createJoinRoom(maxBytes: number): JoinRoom {
  /** In the order in which they were begun. */
  const all = new Set<HeldBack>();
  let bytes = 0;
  let overdueBytes = 0;

  return {
    take(held, more) {
      all.add(held);
      held.bytes += more;
      bytes += more;
      if (held.isOverdue) overdueBytes += more;
      if (bytes - overdueBytes <= maxBytes) return;
      for (const oldest of all) {
        if (oldest.isOverdue) continue;
        oldest.isOverdue = true;
        overdueBytes += oldest.bytes;
        if (bytes - overdueBytes <= maxBytes) return;
      }
    },
    leave(held) {
      if (!all.delete(held)) return;
      bytes -= held.bytes;
      if (held.isOverdue) overdueBytes -= held.bytes;
    },
    get isOver() {
      return overdueBytes > 0;
    },
    overdue: () => [...all].filter(({ isOverdue }) => isOverdue).map(({ key }) => key),
  };
}
