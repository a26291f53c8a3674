import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PageContainer } from "../page-model.ts";
import { COLUMNS, type Column } from "./columns.tsx";
import { Sparkline } from "./sparkline.tsx";
import type { Store, View } from "./store.ts";

const ROW_PX = 46;
/** Rows kept beyond what is seen, so that scrolling shows no gaps. */
const SPARE_ROWS = 12;

interface Sorting {
  readonly key: string;
  readonly descending: boolean;
}

export function Table({ store, view }: { store: Store; view: View }) {
  const [filter, setFilter] = useState("");
  const [sorting, setSorting] = useState<Sorting>({ key: "cpu", descending: true });
  const nowMs = Date.now();
  const shown = useMemo(
    () => sorted(matching([...view.containers.values()], filter), sorting, Date.now()),
    [view.containers, filter, sorting],
  );
  const body = useRef<HTMLTableSectionElement>(null);
  const withoutHistory = view.state?.withoutHistory ?? 0;
  const { from, to } = useWindow(body, shown.length);

  return (
    <section aria-label="Containers">
      <p class="filter">
        <input
          type="search"
          placeholder="Filter by name, image or state ( / )"
          aria-label="Filter"
          value={filter}
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
        <output>{countText(shown.length, view.containers.size)}</output>
      </p>
      {withoutHistory === 0 ? null : (
        <p class="faint">{`Of ${withoutHistory} containers no history is kept: there are too many.`}</p>
      )}
      <table class="containers">
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <Head key={column.key} column={column} sorting={sorting} onSort={setSorting} />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          <Spacer rows={from} />
          {shown.slice(from, to).map((container) => (
            <Row key={container.id} store={store} container={container} nowMs={nowMs} />
          ))}
          <Spacer rows={shown.length - to} />
        </tbody>
      </table>
      {shown.length === 0 ? <p class="nothing">{nothingText(view, filter)}</p> : null}
    </section>
  );
}

function Head({ column, sorting, onSort }: { column: Column; sorting: Sorting; onSort: (next: Sorting) => void }) {
  const isSorted = sorting.key === column.key;
  const direction = sorting.descending ? "descending" : "ascending";
  const sort = () =>
    onSort({ key: column.key, descending: isSorted ? !sorting.descending : (column.numeric ?? false) });
  return (
    <th scope="col" class={cellClass(column)} aria-sort={isSorted ? direction : "none"} title={column.help}>
      <button type="button" onClick={sort}>
        {column.title}
      </button>
    </th>
  );
}

function Row({ store, container, nowMs }: { store: Store; container: PageContainer; nowMs: number }) {
  const history = store.history(container.id);
  return (
    <tr>
      {COLUMNS.map((column) => (
        <td key={column.key} class={cellClass(column)}>
          <div>
            {column.chart !== undefined && history !== undefined ? (
              <Sparkline times={history.times} values={history.values[column.chart]} />
            ) : null}
            <span>{column.cell(container, nowMs)}</span>
          </div>
        </td>
      ))}
    </tr>
  );
}

function Spacer({ rows }: { rows: number }) {
  return rows <= 0 ? null : (
    <tr class="spacer">
      <td style={{ height: `${rows * ROW_PX}px` }} />
    </tr>
  );
}

/** Which rows are on the screen: a table of a thousand containers is as quick as one of thirty. */
function useWindow(body: { readonly current: HTMLElement | null }, rows: number): { from: number; to: number } {
  const [seen, setSeen] = useState({ from: 0, to: 60 });
  useEffect(() => {
    const look = () => {
      const top = body.current?.getBoundingClientRect().top ?? 0;
      const first = Math.max(0, Math.floor(-top / ROW_PX) - SPARE_ROWS);
      const from = first - (first % SPARE_ROWS);
      const to = from + Math.ceil(innerHeight / ROW_PX) + 3 * SPARE_ROWS;
      setSeen((before) => (before.from === from && before.to === to ? before : { from, to }));
    };
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [body]);
  const from = Math.min(seen.from, Math.max(0, rows - 1));
  return { from: rows === 0 ? 0 : from, to: Math.min(rows, seen.to) };
}

function cellClass({ numeric, from, key }: Column): string {
  return [key, numeric === true ? "numeric" : "", from ?? ""].join(" ").trim();
}

export function matching(containers: readonly PageContainer[], filter: string): PageContainer[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return containers.filter(({ name, image, status, health }) => {
    const text = `${name} ${image} ${status} ${health ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function sorted(containers: readonly PageContainer[], { key, descending }: Sorting, nowMs: number) {
  const column = COLUMNS.find((candidate) => candidate.key === key) as Column;
  const keyed = containers.map((container) => ({ container, value: column.value(container, nowMs) }));
  keyed.sort((a, b) => {
    if (a.value === undefined || b.value === undefined)
      return Number(a.value === undefined) - Number(b.value === undefined);
    const order = a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
    return (descending ? -order : order) || (a.container.name < b.container.name ? -1 : 1);
  });
  return keyed.map(({ container }) => container);
}

function countText(shown: number, all: number): string {
  const word = all === 1 ? "container" : "containers";
  return shown === all ? `${all} ${word}` : `${shown} of ${all} ${word}`;
}

function nothingText({ state, containers }: View, filter: string): string {
  if (containers.size > 0) return `No container matches “${filter}”.`;
  if (state?.atMs === undefined) return "Waiting for the first sweep.";
  return "No containers: start one, and it is here within seconds.";
}
