import { eventuallyPasses } from "../../support/eventually.ts";
import type { DockerEngine } from "./docker-engine.ts";

const FOREVER = ["bb", "sleep", "1d"];
const BUSY_SECOND = "timeout -s KILL 1 sh -c 'while :; do :; done'";
const LONG = "long ".repeat(400);

/** Every kind of container that a metric may tell apart. All names begin with `pop-`. */
const RUNNING: Record<string, readonly string[]> = {
  "pop-plain": FOREVER,
  "pop-limits": [
    ..."--memory=96m --memory-swap=128m --memory-reservation=64m --cpus=0.5 --pids-limit=32 --ulimit=nofile=2048:4096".split(
      " ",
    ),
    ...FOREVER,
  ],
  "pop-shares": ["--cpu-shares=512", "--cpu-period=50000", "--cpu-quota=20000", ...FOREVER],
  "pop-two-networks": ["--network=front", ...FOREVER],
  "pop-no-network": ["--network=none", ...FOREVER],
  "pop-host-network": ["--network=host", ...FOREVER],
  "pop-tty": ["--tty", "--interactive", ...FOREVER],
  "pop-healthy": ["--health-cmd=true", "--health-interval=1s", ...FOREVER],
  "pop-unhealthy": ["--health-cmd=false", "--health-interval=1s", "--health-retries=1", ...FOREVER],
  "pop-starting": ["--health-cmd=false", "--health-interval=1s", "--health-start-period=1h", ...FOREVER],
  "pop-cgroup-parent": ["--cgroup-parent=/tallyman-e2e", ...FOREVER],
  "pop-labels": [
    ...label("com.example.team", "tally"),
    ...label("example.org/path-like", "a/b"),
    ...label("1digit", "leading"),
    ...label("double..dots", "kept"),
    ...label("unicode", "Ünïcödé 容器 🚢"),
    ...label("quotes", `"double" 'single' \\back`),
    ...label("newline", "one\ntwo"),
    ...label("schlüssel", "non-ascii key"),
    ...label("empty", ""),
    ...label("clash.of", "dot"),
    ...label("clash-of", "dash"),
    ...label("clash_of", "underscore"),
    ...label("long", LONG),
    // Left out by default: the one changes with each `compose up`, the other holds passwords.
    ...label("com.docker.compose.config-hash", "5f2c0d"),
    ...label("traefik.http.middlewares.login.basicauth.users", "me:$apr1$x"),
    ...FOREVER,
  ],
  "pop-busy": ["--cpus=0.2", "bb", "sh", "-c", "while :; do :; done"],
  "pop-writer": ["bb", "sh", "-c", "while :; do dd if=/dev/zero of=/file bs=64k count=16 conv=fsync; sleep 1; done"],
  "pop-before-rename": FOREVER,
  // Its counters stand still after it has used some of everything.
  "pop-paused": [
    ..."--memory=64m --cpus=0.3 --pids-limit=50 --network=front".split(" "),
    ..."bb sh -c".split(" "),
    `${BUSY_SECOND}; dd if=/dev/zero of=/file bs=64k count=64 conv=fsync; cat /file >/dev/null; touch /done; sleep 1d`,
  ],
};

const STOPPED: Record<string, readonly string[]> = {
  "pop-exited": ["bb", "sh", "-c", "exit 3"],
  "pop-oom-killed": ["--memory=16m", "bb", "tail", "/dev/zero"],
};

/** Resolves when each is in its state. */
export async function startPopulation({ docker, client }: DockerEngine): Promise<void> {
  await docker("network", "create", "front");
  await docker("network", "create", "back");
  for (const [name, args] of Object.entries(RUNNING)) await docker("run", "-d", "--name", name, ...args);
  for (const [name, args] of Object.entries(STOPPED)) await docker("run", "-d", "--name", name, ...args);
  await docker("create", "--name", "pop-created", ...FOREVER);
  await docker("network", "connect", "back", "pop-two-networks");
  await docker("rename", "pop-before-rename", "pop-renamed");
  await eventuallyPasses(() => docker("exec", "pop-paused", "test", "-e", "/done"), { withinMs: 30_000 });
  await docker("pause", "pop-paused");
  await eventuallyPasses(
    async () => {
      for (const [name, isSettled] of Object.entries(SETTLED)) {
        const { State } = await client.inspect(name);
        // 20.10.24 now and then does not hear from the kernel why a container ended that lived for 40 ms.
        if (name === "pop-oom-killed" && State?.Status === "exited" && !State.OOMKilled) await docker("start", name);
        if (!State || !isSettled(State)) throw new Error(`${name} is not as it should be: ${JSON.stringify(State)}`);
      }
    },
    { withinMs: 30_000 },
  );
}

/** Of these something always moves. */
export const RESTLESS: readonly string[] = ["pop-busy", "pop-writer", "pop-healthy", "pop-unhealthy", "pop-starting"];

type State = NonNullable<Awaited<ReturnType<DockerEngine["client"]["inspect"]>>["State"]>;
const SETTLED: Record<string, (state: State) => boolean> = {
  "pop-healthy": ({ Health }) => Health?.Status === "healthy",
  "pop-unhealthy": ({ Health }) => Health?.Status === "unhealthy",
  "pop-exited": ({ Status, ExitCode }) => Status === "exited" && ExitCode === 3,
  "pop-oom-killed": ({ Status, OOMKilled }) => Status === "exited" && OOMKilled === true,
  "pop-paused": ({ Paused }) => Paused === true,
};

function label(name: string, value: string): string[] {
  return ["--label", `${name}=${value}`];
}
