import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Child, startChild } from "../../support/child.ts";
import { eventuallyPasses } from "../../support/eventually.ts";
import { type EngineClient, engineClient } from "./engine-client.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const run = promisify(execFile);

export interface DockerEngine {
  readonly address: string;
  readonly socketPath: string;
  readonly client: EngineClient;
  /** The docker command line, on this engine; what it printed. */
  docker(...args: string[]): Promise<string>;
  /** As a crash: SIGKILL. The containers live on (live-restore). */
  crash(): Promise<void>;
  /** Without `liveRestore` it ends the containers that it finds running. */
  start(how?: { liveRestore: boolean }): Promise<void>;
  /** Half-open from here on: it accepts connections and answers none, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Removes all containers, ends the engine and removes its folder. */
  end(): Promise<void>;
}

export interface DockerEngineOptions {
  /** A folder with another release's dockerd, containerd and docker; absent: the machine's. */
  readonly binaries?: string;
}

/**
 * A real Docker Engine of our own, with an image `bb:latest` (busybox), that leaves one that may already run on the
 * machine alone: it lives in a network namespace of its own, because a second dockerd in the same one takes docker0 from the
 * first (seen with 20.10). The namespace lives as long as the process that holds it, so it survives the engine's restart.
 */
export async function startDockerEngine({ binaries }: DockerEngineOptions = {}): Promise<DockerEngine> {
  const folder = temporaryFolder();
  const socketPath = join(folder.path, "docker.sock");
  const address = `unix://${socketPath}`;
  const client = engineClient(socketPath);
  const env = { PATH: [binaries, process.env.PATH].filter(Boolean).join(":") };
  writeFileSync(join(folder.path, "daemon.json"), "{}");
  const namespace = await holdNetworkNamespace(folder.path);
  const containerd = await startContainerd(folder.path, env);
  let dockerd: Child | undefined;

  async function docker(...args: string[]) {
    const clientEnv = { ...env, DOCKER_CONFIG: folder.path };
    const { stdout } = await run("docker", ["-H", address, ...args], { env: clientEnv, timeout: 60_000 });
    return stdout.trim();
  }

  async function start({ liveRestore } = { liveRestore: true }) {
    const [file, ...args] = dockerdCommand(namespace.pid, folder.path, address);
    dockerd = startChild({ name: "dockerd", env, command: [file, ...args, `--live-restore=${liveRestore}`] });
    await dockerd.ready(() => client.ping(), 60_000);
  }

  function signal(name: NodeJS.Signals) {
    if (dockerd && !dockerd.ended) process.kill(dockerd.pid, name);
  }

  /** One that is removed by the engine itself at that moment is refused. */
  async function removeAll() {
    const containers = await docker("ps", "-aq");
    if (containers) await docker("rm", "-f", ...containers.split("\n"));
  }

  await start();
  await importBusybox(folder.path, docker);
  return {
    address,
    socketPath,
    client,
    docker,
    start,
    async crash() {
      await dockerd?.end("SIGKILL", 10_000);
    },
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    async end() {
      signal("SIGCONT");
      if (dockerd?.ended) await start();
      await eventuallyPasses(removeAll, { withinMs: 60_000 });
      await dockerd?.end("SIGTERM", 30_000);
      await containerd.end("SIGTERM", 10_000);
      await namespace.end("SIGKILL", 5_000);
      unmountBelow(folder.path);
      folder.remove();
    },
  };
}

async function holdNetworkNamespace(folder: string): Promise<Child> {
  const script = `busybox ip link set lo up && echo up && exec busybox tail -f ${folder}/daemon.json`;
  const holder = startChild({
    name: "network namespace",
    command: ["unshare", "--net", "busybox", "sh", "-c", script],
  });
  await holder.ready(() => holder.stdout.includes("up"), 5_000);
  return holder;
}

function dockerdCommand(namespacePid: number, folder: string, address: string): [string, ...string[]] {
  return [
    "nsenter",
    `--net=/proc/${namespacePid}/ns/net`,
    "dockerd",
    `--host=${address}`,
    `--data-root=${folder}/data`,
    `--exec-root=${folder}/exec`,
    `--pidfile=${folder}/pid`,
    `--config-file=${folder}/daemon.json`,
    `--containerd=${folder}/containerd.sock`,
  ];
}

/** Beside the engine, as Debian's packages have it, so that it and the containers outlive the engine's crash. */
async function startContainerd(folder: string, env: Record<string, string>): Promise<Child> {
  const socket = join(folder, "containerd.sock");
  const config = join(folder, "containerd.toml");
  // Kubernetes' side of it, by its name until containerd 1.7 and by those since 2.0.
  const ofKubernetes = ["grpc.v1.cri", "cri.v1.images", "cri.v1.runtime"].map((name) => `io.containerd.${name}`);
  writeFileSync(config, `version = 2\ndisabled_plugins = ${JSON.stringify(ofKubernetes)}\n`);
  const containerd = startChild({
    name: "containerd",
    env,
    command: ["containerd", "-c", config, "-a", socket, "--root", `${folder}/containerd`, "--state", `${folder}/tasks`],
  });
  await containerd.ready(() => existsSync(socket), 30_000);
  return containerd;
}

/** An image without a registry: a static busybox under all of its names. */
export async function importBusybox(folder: string, docker: DockerEngine["docker"]) {
  const root = join(folder, "busybox");
  mkdirSync(join(root, "bin"), { recursive: true });
  const binary = execFileSync("busybox", ["which", "busybox"], { encoding: "utf8" }).trim();
  writeFileSync(join(root, "bin/busybox"), readFileSync(binary), { mode: 0o755 });
  for (const applet of execFileSync("busybox", ["--list"], { encoding: "utf8" }).trim().split("\n")) {
    if (applet !== "busybox") symlinkSync("busybox", join(root, "bin", applet));
  }
  execFileSync("tar", ["-C", root, "-cf", join(folder, "busybox.tar"), "."]);
  await docker("import", join(folder, "busybox.tar"), "bb:latest");
}

/** What a crashed engine left mounted can't be removed with the folder. */
function unmountBelow(folder: string) {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  for (const mount of mounts.map((line) => line.split(" ")[1] ?? "").filter((path) => path.startsWith(folder)))
    execFileSync("umount", ["-l", mount]);
}
