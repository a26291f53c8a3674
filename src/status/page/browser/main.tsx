import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Container } from "./container.tsx";
import { age } from "./format.ts";
import { Parts } from "./parts.tsx";
import { createStore } from "./store.ts";
import { Table } from "./table.tsx";

const store = createStore();

function Page() {
  const [view, setView] = useState(store.view);
  const [hash, setHash] = useState(location.hash);
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => store.onChange(() => setView(store.view())), []);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    addEventListener("hashchange", changed);
    addEventListener("keydown", focusFilter);
    return () => {
      clearInterval(timer);
      removeEventListener("hashchange", changed);
      removeEventListener("keydown", focusFilter);
    };
  }, []);
  const id = /^#\/container\/([0-9a-f]+)$/.exec(hash)?.[1];
  const { state, connected } = view;
  return (
    <>
      <header>
        <h1>Tallyman</h1>
        <p class="faint">
          {state === undefined ? "" : `${state.version}, up ${age((nowMs - state.startedAtMs) / 1000)}`}
        </p>
        <p role="status" class={`live mark ${connected ? "good" : "bad"}`}>
          {connected ? "live" : "the agent does not answer"}
        </p>
      </header>
      <main class={connected ? "" : "away"}>
        {id === undefined ? (
          <>
            <Parts parts={state?.parts ?? []} nowMs={nowMs} />
            <Table store={store} view={view} />
          </>
        ) : (
          <Container store={store} view={view} id={id} />
        )}
      </main>
      <footer>
        <a href="metrics">metrics</a> <a href="health">health</a> <a href="readyz">readiness</a>
      </footer>
    </>
  );
}

function focusFilter(event: KeyboardEvent) {
  const input = document.querySelector<HTMLInputElement>("input[type=search]");
  if (event.key !== "/" || input === null || document.activeElement === input) return;
  event.preventDefault();
  input.focus();
}

render(<Page />, document.body);
