/** What the answers of all logs that were opened ahead may take together. */
export interface SnapshotRoom {
  /** A place for one more, whose log has so many bytes; none if there is no room. */
  take(logBytes: number): SnapshotPlace | undefined;
}

export interface SnapshotPlace {
  /** It is closed: the engine removes what it held. */
  leave(): void;
}

export interface SnapshotRoomOptions {
  /** Each has 64 KiB at hand that nobody takes yet: a quarter of what all logs may have (engine/intake.ts), so that others are read. */
  readonly most?: number;
  /** Of the engine's disk, when none of what they hold is in the log any more. */
  readonly mostBytes?: number;
}

export function createSnapshotRoom({ most = 64, mostBytes = 1024 ** 3 }: SnapshotRoomOptions = {}): SnapshotRoom {
  let taken = 0;
  let bytes = 0;
  return {
    take(logBytes) {
      if (taken >= most || bytes + logBytes > mostBytes) return undefined;
      taken++;
      bytes += logBytes;
      let isTaken = true;
      return {
        leave() {
          if (!isTaken) return;
          isTaken = false;
          taken--;
          bytes -= logBytes;
        },
      };
    },
  };
}
