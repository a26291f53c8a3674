import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Child, startChild } from "../../support/child.ts";
import { component } from "./components.ts";
import { freePort } from "./free-port.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface Prometheus {
  readonly url: string;
  readonly otlpEndpoint: string;
  /** The answer to an instant query, now. */
  query(promql: string): Promise<Series[]>;
  crash(): Promise<void>;
  start(): Promise<void>;
  end(): Promise<void>;
}

export interface Series {
  /** Without `__name__`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly name: string;
  readonly value: number;
}

/**
 * With defaults all through (5 minutes of lookback, no out-of-order window) but for the OTLP receiver. `scrapes` is what
 * stands under `scrape_configs`, as JSON, which is YAML too.
 */
export async function startPrometheus({ scrapes = [] }: { scrapes?: readonly object[] } = {}): Promise<Prometheus> {
  const folder = temporaryFolder();
  const config = join(folder.path, "prometheus.yml");
  writeFileSync(config, JSON.stringify({ global: { scrape_interval: "1s" }, scrape_configs: scrapes }));
  const listen = `127.0.0.1:${await freePort()}`;
  const url = `http://${listen}`;
  let child: Child | undefined;

  async function start() {
    child = startChild({
      name: "Prometheus",
      command: [
        component("PROMETHEUS"),
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder.path, "data")}`,
        `--web.listen-address=${listen}`,
        "--web.enable-otlp-receiver",
      ],
    });
    await child.ready(() => isReady(url), 60_000);
  }

  await start();
  return {
    url,
    otlpEndpoint: `${url}/api/v1/otlp/v1/metrics`,
    query: (promql) => query(url, promql),
    async crash() {
      await child?.end("SIGKILL", 10_000);
    },
    start,
    async end() {
      await child?.end("SIGTERM", 20_000);
      folder.remove();
    },
  };
}

function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then(
    (response) => response.ok,
    () => false,
  );
}

interface QueryReply {
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

async function query(url: string, promql: string): Promise<Series[]> {
  const response = await fetch(`${url}/api/v1/query`, { method: "POST", body: new URLSearchParams({ query: promql }) });
  if (!response.ok) throw new Error(`${promql}: ${response.status} ${await response.text()}`);
  const { data } = (await response.json()) as QueryReply;
  return data.result.map(({ metric: { __name__: name = "", ...labels }, value: [, text] }) => ({
    name,
    labels,
    value: Number(text.replace("Inf", "Infinity")),
  }));
}
