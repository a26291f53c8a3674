import type { RunOptions } from "./container.ts";
import { startShopLogs } from "./shop-logs.ts";
import type { SimulatedEngine } from "./simulated-engine.ts";

const MIB = 2 ** 20;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A small shop, as one would find it on a machine of one's own: what `tallyman demo` shows where no engine answers. */
export function populate(engine: SimulatedEngine): void {
  const { containers } = engine;
  for (const options of SHOP) containers.run(options);
  startShopLogs(engine);
  containers.run({ ...service("backup", "alpine:3.22"), startedAgoMs: 9 * HOUR_MS });
  containers.print("shop-backup-1", { bytes: "Files: 1204 new, 3 changed\nsnapshot 4f1d9c77 saved\n" });
  containers.exit("shop-backup-1", 0);
  containers.pause("shop-worker-2");
}

/** Many alike, for benches: each with compose's labels, two networks in every tenth, a limit in every second. */
export function populateMany({ containers }: SimulatedEngine, count: number): void {
  for (let i = 1; i <= count; i++) {
    containers.run({
      ...service(
        `service-${Math.ceil(i / 4)}`,
        `registry.example/team/service-${Math.ceil(i / 4)}:1.${i % 20}.0`,
        (i % 4) + 1,
      ),
      networks: i % 10 === 0 ? ["bench_default", "bench_front"] : ["bench_default"],
      startedAgoMs: (i % 500) * MINUTE_MS + HOUR_MS,
      ...(i % 2 === 0 ? { memoryLimitBytes: 512 * MIB, nanoCpus: 5e8 } : {}),
    });
  }
}

const SHOP: readonly RunOptions[] = [
  {
    ...service("web", "nginx:1.29"),
    networks: ["shop_front"],
    memoryLimitBytes: 256 * MIB,
    healthcheck: "healthy",
    startedAgoMs: 26 * HOUR_MS,
    load: { cpuCores: 0.08, memoryBytes: 34 * MIB, receiveBytesPerSecond: 64_000, transmitBytesPerSecond: 410_000 },
  },
  {
    ...service("api", "registry.example/shop/api:2.14.1"),
    networks: ["shop_front", "shop_back"],
    memoryLimitBytes: 512 * MIB,
    nanoCpus: 1.5e9,
    pidsLimit: 200,
    healthcheck: "healthy",
    startedAgoMs: 5 * HOUR_MS,
    load: { cpuCores: 0.62, memoryBytes: 310 * MIB, threads: 23 },
  },
  {
    ...service("db", "postgres:17"),
    networks: ["shop_back"],
    memoryLimitBytes: 1024 * MIB,
    memoryReservationBytes: 512 * MIB,
    cpuShares: 2048,
    healthcheck: "healthy",
    startedAgoMs: 26 * HOUR_MS,
    load: { cpuCores: 0.21, memoryBytes: 420 * MIB, readBytesPerSecond: 90_000, writeBytesPerSecond: 240_000 },
  },
  {
    ...service("cache", "valkey/valkey:8"),
    networks: ["shop_back"],
    memoryLimitBytes: 128 * MIB,
    startedAgoMs: 26 * HOUR_MS,
    load: { cpuCores: 0.03, memoryBytes: 88 * MIB, readBytesPerSecond: 0, writeBytesPerSecond: 0 },
  },
  {
    ...service("worker", "registry.example/shop/worker:2.14.1"),
    networks: ["shop_back"],
    nanoCpus: 5e8,
    startedAgoMs: 5 * HOUR_MS,
  },
  {
    ...service("worker", "registry.example/shop/worker:2.14.1", 2),
    networks: ["shop_back"],
    nanoCpus: 5e8,
    startedAgoMs: 5 * HOUR_MS,
  },
  {
    ...service("mail", "registry.example/shop/mail:0.9.3"),
    networks: ["shop_back"],
    healthcheck: "unhealthy",
    startedAgoMs: 12 * MINUTE_MS,
  },
  {
    name: "node-agent",
    image: "registry.example/ops/agent:1.4",
    networkMode: "host",
    logDriver: "local",
    startedAgoMs: 26 * HOUR_MS,
  },
];

function service(name: string, image: string, number = 1): RunOptions {
  const labels = {
    "com.docker.compose.project": "shop",
    "com.docker.compose.service": name,
    "com.docker.compose.container-number": String(number),
    "com.docker.compose.oneoff": "False",
    "com.docker.compose.config-hash": "3ad15d0f6a1d3b5b0c0e4e0f5e2b8f6f",
    "com.docker.compose.project.working_dir": "/srv/shop",
    "org.opencontainers.image.title": name,
  };
  return { name: `shop-${name}-${number}`, image, labels, logOptions: { "max-size": "1m", "max-file": "3" } };
}
