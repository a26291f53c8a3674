import type { ContainerHistory } from "../history.ts";
import type { PageContainer } from "../page-model.ts";
import { Chart, type Line } from "./chart.tsx";
import { mark } from "./columns.tsx";
import { age, bytes, bytesPerSecond, cores, count } from "./format.ts";
import type { Store, View } from "./store.ts";

export function Container({ store, view, id }: { store: Store; view: View; id: string }) {
  const container = view.containers.get(id);
  if (container === undefined) return <Gone isKnown={view.state?.atMs !== undefined} />;
  return (
    <article aria-labelledby="title">
      <p>
        <a href="#/">← all containers</a>
      </p>
      <h2 id="title">
        {container.name}{" "}
        <span class={`mark ${mark(container.status, container.health, container.exitCode)}`}>
          {container.health ?? container.status}
        </span>
      </h2>
      <Facts container={container} />
      <Charts container={container} history={store.history(id)} />
    </article>
  );
}

function Gone({ isKnown }: { isKnown: boolean }) {
  return (
    <article>
      <p>
        <a href="#/">← all containers</a>
      </p>
      <p class="nothing">{isKnown ? "This container is not there any more." : "Waiting for the first sweep."}</p>
    </article>
  );
}

function Facts({ container }: { container: PageContainer }) {
  const { id, image, status, startedAtSeconds, exitCode, restarts, tasks, memoryBytes, memoryLimitBytes, logLines } =
    container;
  const facts: [string, string][] = [
    ["Image", image],
    ["Id", id.slice(0, 12)],
    ["State", startedAtSeconds === undefined ? status : `${status}, up ${age(Date.now() / 1000 - startedAtSeconds)}`],
    ["Exit code", exitCode === undefined ? "" : String(exitCode)],
    ["Restarts", count(restarts)],
    ["Threads", count(tasks)],
    ["CPU", cores(container.cpuCores)],
    [
      "Memory",
      memoryLimitBytes === undefined ? bytes(memoryBytes) : `${bytes(memoryBytes)} of ${bytes(memoryLimitBytes)}`,
    ],
    ...Object.entries(logLines ?? {}).map(([level, n]): [string, string] => [`Log lines: ${level}`, count(n)]),
  ];
  return (
    <dl>
      {facts.flatMap(([term, text]) =>
        text === ""
          ? []
          : [
              <div key={term}>
                <dt>{term}</dt>
                <dd>{text}</dd>
              </div>,
            ],
      )}
    </dl>
  );
}

interface ChartsProps {
  readonly container: PageContainer;
  readonly history: ContainerHistory | undefined;
}

function Charts({ container, history }: ChartsProps) {
  if (history === undefined) return <p class="nothing">Loading the last hour.</p>;
  const { times, values } = history;
  if (times.length < 2) return <p class="nothing">Charts begin with the second sweep.</p>;
  const limit = (value: number | undefined): Line[] =>
    value === undefined ? [] : [{ label: "limit", colour: "--limit", dashed: true, values: times.map(() => value) }];
  return (
    <div class="charts">
      <Chart
        title="CPU, of one core"
        times={times}
        format={cores}
        lines={[{ label: "used", colour: "--line-1", values: values.cpuCores }, ...limit(container.cpuLimitCores)]}
      />
      <Chart
        title="Memory, working set"
        times={times}
        format={bytes}
        isBinary
        lines={[
          { label: "used", colour: "--line-1", values: values.memoryBytes },
          ...limit(container.memoryLimitBytes),
        ]}
      />
      <Chart
        title="Network"
        times={times}
        format={bytesPerSecond}
        isBinary
        lines={[
          { label: "received", colour: "--line-1", values: values.receiveBytes },
          { label: "sent", colour: "--line-2", values: values.transmitBytes },
        ]}
      />
      <Chart
        title="Disk"
        times={times}
        format={bytesPerSecond}
        isBinary
        lines={[
          { label: "read", colour: "--line-1", values: values.readBytes },
          { label: "written", colour: "--line-2", values: values.writeBytes },
        ]}
      />
    </div>
  );
}
