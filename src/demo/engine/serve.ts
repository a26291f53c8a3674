import { parseArgs } from "node:util";
import { populate, populateMany } from "./populate.ts";
import { type SimulatedEngineOptions, startSimulatedEngine } from "./simulated-engine.ts";

/**
 * The simulated engine as a process of its own, for benches and for a look at it with the docker command line:
 * node src/demo/engine/serve.ts --containers 1000 --address unix:///tmp/x.sock [--engine 20.10.24] [--cgroup 1] [--podman] [--windows] [--slow]
 * It says "listening <address>" once it does, and ends at SIGTERM or SIGINT.
 */
async function serve(): Promise<void> {
  const { values } = parseArgs({
    options: {
      containers: { type: "string" },
      address: { type: "string" },
      engine: { type: "string" },
      cgroup: { type: "string" },
      podman: { type: "boolean", default: false },
      windows: { type: "boolean", default: false },
      slow: { type: "boolean", default: false },
    },
  });
  const engine = await startSimulatedEngine({
    ...addressOption(values.address),
    ...(values.engine ? { engineVersion: values.engine } : {}),
    ...(values.cgroup === "1" ? { cgroupVersion: "1" } : {}),
    ...(values.podman ? { flavour: "podman" } : {}),
    ...(values.windows ? { osType: "windows" } : {}),
    slowStats: values.slow,
  });
  if (values.containers) populateMany(engine, Number(values.containers));
  else populate(engine);
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => engine.close().then(() => process.exit(0)));
  console.log(`listening ${engine.address}`);
}

/** "unix:///path", "tcp://127.0.0.1:2375" or a bare path. */
function addressOption(text: string | undefined): Pick<SimulatedEngineOptions, "address"> {
  if (text === undefined) return {};
  const port = /^tcp:\/\/127\.0\.0\.1:(\d+)$/.exec(text)?.[1];
  return { address: port === undefined ? text.replace(/^unix:\/\//, "") : { port: Number(port) } };
}

if (import.meta.main) await serve();
