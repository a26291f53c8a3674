import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import type { InfoReply } from "../../../src/engine/replies.ts";
import { seriesKey } from "./series-key.ts";

/** What there must be of the machine that the engine and the agent both run on, from the engine, /proc and lscpu. */
export function expectedMachineSeries(info: InfoReply, resource: Record<string, string>): Map<string, number> {
  const threads = hardwareThreads();
  const cores = new Set(threads.map(({ socket, core }) => `${socket} ${core}`));
  const ids = {
    boot_id: firstOf("/proc/sys/kernel/random/boot_id"),
    machine_id: firstOf("/etc/machine-id"),
    // A virtual machine may have no DMI; cAdvisor takes the machine id then.
    system_uuid: firstOf("/sys/class/dmi/id/product_uuid", "/etc/machine-id"),
  };
  const swapKiB = Number(/^SwapTotal:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1]);
  const machine = {
    machine_cpu_cores: info.NCPU ?? Number.NaN,
    machine_memory_bytes: info.MemTotal ?? Number.NaN,
    machine_swap_bytes: swapKiB * 1024,
    machine_cpu_physical_cores: cores.size,
    machine_cpu_sockets: new Set(threads.map(({ socket }) => socket)).size,
    // IBM Z has them.
    machine_cpu_books: 0,
    machine_cpu_drawers: 0,
  };
  const health = { container_scrape_error: 0, machine_scrape_error: 0 };
  return new Map([
    ...Object.entries(machine).map(([name, value]) => [seriesKey(name, { ...ids, ...resource }), value] as const),
    ...Object.entries(health).map(([name, value]) => [seriesKey(name, resource), value] as const),
  ]);
}

/** util-linux 2.38: lscpu -p prints a line for each thread. */
function hardwareThreads(): { core: string; socket: string }[] {
  const lines = execFileSync("lscpu", ["-p=CORE,SOCKET"], { encoding: "utf8" }).trim().split("\n");
  return lines
    .filter((line) => !line.startsWith("#"))
    .map((line) => {
      const [core = "", socket = ""] = line.split(",");
      return { core, socket };
    });
}

function firstOf(...files: string[]): string {
  const file = files.find((path) => existsSync(path));
  return file === undefined ? "" : readFileSync(file, "utf8").trim();
}
