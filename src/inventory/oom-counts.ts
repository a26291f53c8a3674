export interface OomCounts {
  add(id: string): void;
  of(id: string): number;
  retain(ids: ReadonlySet<string>): void;
}

/** "oom" events by container, a bounded number of containers. */
export function createOomCounts({ maxContainers }: { maxContainers: number }): OomCounts {
  const counts = new Map<string, number>();
  return {
    add(id) {
      if (counts.has(id) || counts.size < maxContainers) counts.set(id, (counts.get(id) ?? 0) + 1);
    },
    of: (id) => counts.get(id) ?? 0,
    retain(ids) {
      for (const id of counts.keys()) if (!ids.has(id)) counts.delete(id);
    },
  };
}
