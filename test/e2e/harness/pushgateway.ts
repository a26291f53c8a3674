import { type Child, startChild } from "../../support/child.ts";
import { parseExposition, type Sample } from "../../support/exposition.ts";
import { component } from "./components.ts";
import { freePort } from "./free-port.ts";

export interface Pushgateway {
  /** HOST:PORT */
  readonly address: string;
  /** What Prometheus would scrape, without the Pushgateway's metrics of itself. */
  samples(): Promise<Sample[]>;
  /** Its answer's status and text. */
  put(path: string, body: string): Promise<{ status: number; text: string }>;
  crash(): Promise<void>;
  start(): Promise<void>;
  end(): Promise<void>;
}

/** It forgets everything when it ends. */
export async function startPushgateway(): Promise<Pushgateway> {
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  let child: Child | undefined;

  async function start() {
    child = startChild({ name: "Pushgateway", command: [component("PUSHGATEWAY"), `--web.listen-address=${address}`] });
    await child.ready(() => isReady(url), 60_000);
  }

  await start();
  return {
    address,
    async samples() {
      const samples = parseExposition(await (await fetch(`${url}/metrics`)).text());
      return samples.filter(({ labels, name }) => labels.job !== undefined && !name.startsWith("push_"));
    },
    async put(path, body) {
      const response = await fetch(`${url}${path}`, { method: "PUT", body });
      return { status: response.status, text: await response.text() };
    },
    async crash() {
      await child?.end("SIGKILL", 10_000);
    },
    start,
    async end() {
      await child?.end("SIGTERM", 20_000);
    },
  };
}

function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then(
    (response) => response.ok,
    () => false,
  );
}
