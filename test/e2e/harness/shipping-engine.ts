import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { startDockerEngine } from "./docker-engine.ts";
import { shippingComponents } from "./shipping-components.ts";
import { buildStandIns } from "./stand-in-images.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "../../..");

/** A real engine that has every image which the Dockerfile and the compose files name. */
export interface ShippingEngine {
  readonly socketPath: string;
  docker(...args: string[]): Promise<string>;
  /** Compose in the project's folder, as a person types it; what it printed. */
  compose(args: string, env?: Record<string, string>): Promise<string>;
  /** All that a container wrote. */
  log(container: string): Promise<string>;
  /** JavaScript inside of a container that has Node at distroless' place and no shell. */
  inside(container: string, script: string): Promise<string>;
  end(): Promise<void>;
}

export async function startShippingEngine(): Promise<ShippingEngine> {
  const components = shippingComponents();
  const engine = await startDockerEngine();
  const home = temporaryFolder();
  // BuildKit would ask a registry about the bases, though they are there.
  const ownEnv = {
    PATH: process.env.PATH ?? "",
    HOME: home.path,
    DOCKER_HOST: engine.address,
    DOCKER_BUILDKIT: "0",
    DOCKER_SOCKET: engine.socketPath,
  };

  async function started(command: string, args: readonly string[], env = {}): Promise<string> {
    const options = { cwd: ROOT, env: { ...ownEnv, ...env }, timeout: 240_000, maxBuffer: 2 ** 26 };
    const { stdout, stderr } = await run(command, args, options);
    return `${stdout}${stderr}`.trim();
  }

  const shipping: ShippingEngine = {
    socketPath: engine.socketPath,
    docker: engine.docker,
    compose: (args, env) => started(components.COMPOSE, args.split(" "), env),
    log: (container) => started("docker", ["logs", container]),
    inside: (container, script) => engine.docker("exec", container, "/nodejs/bin/node", "-e", script),
    async end() {
      await engine.end();
      home.remove();
    },
  };
  try {
    await buildStandIns({
      build: (folder, tag) => started("docker", ["build", "--quiet", "--tag", tag, folder]),
      haproxy: components.HAPROXY,
      alloy: components.ALLOY,
    });
    return shipping;
  } catch (error) {
    await shipping.end();
    throw error;
  }
}
