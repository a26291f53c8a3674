import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startChild } from "../../support/child.ts";
import { component } from "./components.ts";
import { importBusybox } from "./docker-engine.ts";
import { type EngineClient, engineClient } from "./engine-client.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const run = promisify(execFile);

export interface Podman {
  readonly address: string;
  readonly client: EngineClient;
  /** The docker command line, on Podman's Docker-compatible API. */
  docker(...args: string[]): Promise<string>;
  end(): Promise<void>;
}

/**
 * In namespaces of its own, so that all that it started ends with it. crun 1.21 refuses a machine with both versions of
 * cgroups until the second is out of sight.
 */
const SCRIPT = `set -e
root=$1 folder=$2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
if mountpoint -q "$root/sys/fs/cgroup/unified"; then umount "$root/sys/fs/cgroup/unified"; fi
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/var/tmp"
mkdir -p "$root$folder"
mount --bind "$folder" "$root$folder"
exec chroot "$root" podman --root="$folder/data" --runroot="$folder/run" --storage-driver=vfs --events-backend=file \
  --cgroup-manager=cgroupfs system service --time=0 "unix://$folder/podman.sock"`;

/** Podman 5 behind its Docker-compatible API, with an image `bb:latest` (busybox). */
export async function startPodman(): Promise<Podman> {
  const folder = temporaryFolder();
  const socketPath = join(folder.path, "podman.sock");
  const address = `unix://${socketPath}`;
  const client = engineClient(socketPath);
  const service = startChild({
    name: "Podman",
    command: [
      ..."unshare --mount --net --pid --fork --kill-child".split(" "),
      ...["bash", "-c", SCRIPT, "podman", component("PODMAN"), folder.path],
    ] as [string, ...string[]],
  });

  async function docker(...args: string[]) {
    const env = { PATH: process.env.PATH ?? "", DOCKER_CONFIG: folder.path };
    const { stdout } = await run("docker", ["-H", address, ...args], { env, timeout: 60_000 });
    return stdout.trim();
  }

  async function end() {
    if (await client.ping()) {
      const containers = await docker("ps", "-aq");
      if (containers) await docker("rm", "-f", ...containers.split("\n"));
    }
    await service.end("SIGKILL", 10_000);
    folder.remove();
  }

  try {
    await service.ready(() => client.ping(), 60_000);
    await importBusybox(folder.path, docker);
  } catch (error) {
    await end();
    throw error;
  }
  return { address, client, docker, end };
}
