import type { ContainerHistory, HistoryField } from "../history.ts";
import type { PageContainer, PageHistory, PageMessage, PageState } from "../page-model.ts";

export interface View {
  /** Whether the agent's stream is open; after a break it is opened again by the browser. */
  readonly connected: boolean;
  readonly state: PageState | undefined;
  readonly containers: ReadonlyMap<string, PageContainer>;
}

export interface Store {
  view(): View;
  onChange(listener: () => void): () => void;
  /** What is known so far; asks for it when nothing is. */
  history(id: string): ContainerHistory | undefined;
}

type Mutable = { times: number[]; values: Record<HistoryField, (number | null)[]> };

const HISTORY_MS = 3_600_000;
/** As many as a request may name. */
const MAX_ASKED = 50;

/** The agent's stream as the page needs it. */
export function createStore(): Store {
  const listeners = new Set<() => void>();
  const histories = new Map<string, Mutable>();
  const wanted = new Set<string>();
  let view: View = { connected: false, state: undefined, containers: new Map() };
  let asking = false;

  function show(next: Partial<View>) {
    view = { ...view, ...next };
    for (const listener of listeners) listener();
  }

  function take({ kind, state, containers: told, gone }: PageMessage) {
    const containers = new Map(kind === "all" ? [] : view.containers);
    for (const id of gone) {
      containers.delete(id);
      histories.delete(id);
    }
    for (const container of told) containers.set(container.id, container);
    if (kind === "all") histories.clear();
    else if (state.atMs !== view.state?.atMs) append(state.atMs, containers);
    show({ connected: true, state, containers });
  }

  function append(atMs: number | undefined, containers: ReadonlyMap<string, PageContainer>) {
    if (atMs === undefined) return;
    for (const [id, { times, values }] of histories) {
      const container = containers.get(id);
      if (container === undefined) continue;
      times.push(atMs);
      for (const field of Object.keys(values) as HistoryField[]) values[field].push(container[field] ?? null);
      while ((times[0] ?? atMs) < atMs - HISTORY_MS) {
        times.shift();
        for (const column of Object.values(values)) column.shift();
      }
    }
  }

  async function ask() {
    if (asking || wanted.size === 0) return;
    asking = true;
    // Those of one picture are asked for together.
    await new Promise((resolve) => setTimeout(resolve, 30));
    const ids = [...wanted].slice(0, MAX_ASKED);
    for (const id of ids) wanted.delete(id);
    try {
      const answer = await fetch(`page/history?${ids.map((id) => `id=${id}`).join("&")}`);
      if (answer.ok) {
        const told = (await answer.json()) as PageHistory;
        for (const [id, history] of Object.entries(told)) histories.set(id, structuredClone(history) as Mutable);
        for (const id of ids) if (!histories.has(id)) histories.set(id, empty());
        show({});
      }
    } catch {
      // The stream says that the agent is away; what is wanted then is asked for again.
    } finally {
      asking = false;
    }
    void ask();
  }

  const stream = new EventSource("page/events");
  stream.onmessage = ({ data }) => take(JSON.parse(data) as PageMessage);
  stream.onerror = () => show({ connected: false });

  return {
    view: () => view,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    history(id) {
      const known = histories.get(id);
      if (known === undefined && view.connected) {
        wanted.add(id);
        void ask();
      }
      return known;
    },
  };
}

function empty(): Mutable {
  const values = { cpuCores: [], memoryBytes: [], receiveBytes: [], transmitBytes: [], readBytes: [], writeBytes: [] };
  return { times: [], values };
}
