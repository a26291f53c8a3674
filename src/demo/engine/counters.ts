/** How busy a container is, on average: its counters are functions of this, its seed and how long it has been running. */
export interface Load {
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly receiveBytesPerSecond: number;
  readonly transmitBytesPerSecond: number;
  readonly readBytesPerSecond: number;
  readonly writeBytesPerSecond: number;
  readonly threads: number;
}

export interface Counters {
  /** One entry per core; their sum is the total, so that each of them and the total only grow. */
  readonly perCoreNanoseconds: readonly number[];
  readonly cpuNanoseconds: number;
  readonly userNanoseconds: number;
  readonly cfsPeriods: number;
  readonly anonBytes: number;
  readonly fileBytes: number;
  readonly pageFaults: number;
  readonly majorPageFaults: number;
  readonly receiveBytes: number;
  readonly transmitBytes: number;
  readonly readBytes: number;
  readonly writeBytes: number;
}

const MIB = 2 ** 20;
const PAGE_BYTES = 4096;

export function loadOfSeed(seed: number): Load {
  const fraction = (salt: number) => (((seed ^ Math.imul(salt, 0x9e3779b1)) >>> 0) % 1000) / 1000;
  return {
    cpuCores: 0.005 + fraction(1) ** 3 * 0.6,
    memoryBytes: Math.round((8 + fraction(2) * 240) * MIB),
    receiveBytesPerSecond: Math.round(200 + fraction(3) * 80_000),
    transmitBytesPerSecond: Math.round(100 + fraction(4) * 60_000),
    readBytesPerSecond: Math.round(fraction(5) * 20_000),
    writeBytesPerSecond: Math.round(200 + fraction(6) * 40_000),
    threads: 1 + Math.floor(fraction(7) * 24),
  };
}

export function countersAt(load: Load, seed: number, activeMs: number, cpuCores: number): Counters {
  const seconds = activeMs / 1000;
  const phase = seed % 7;
  const perCoreNanoseconds = Array.from(
    { length: cpuCores },
    (_, core) =>
      // Whole microseconds, which is all that cgroup v2's cpu.stat has.
      grown((load.cpuCores * 1e6 * coreShare(core, cpuCores, seed)) | 0, seconds, phase + core) * 1000,
  );
  const cpuNanoseconds = perCoreNanoseconds.reduce((sum, value) => sum + value, 0);
  const readBytes = inPages(grown(load.readBytesPerSecond, seconds, phase + 2));
  const writeBytes = inPages(grown(load.writeBytesPerSecond, seconds, phase + 3));
  return {
    perCoreNanoseconds,
    cpuNanoseconds,
    userNanoseconds: Math.floor((cpuNanoseconds * 0.7) / 1000) * 1000,
    cfsPeriods: Math.floor(seconds * 10),
    anonBytes: inPages(load.memoryBytes * (0.8 + 0.2 * Math.sin(seconds / 40 + phase))),
    fileBytes: inPages(Math.min(load.memoryBytes / 2, readBytes + writeBytes)),
    pageFaults: 900 + grown(load.cpuCores * 400, seconds, phase),
    majorPageFaults: Math.floor(seconds / 600),
    receiveBytes: grown(load.receiveBytesPerSecond, seconds, phase),
    transmitBytes: grown(load.transmitBytesPerSecond, seconds, phase + 1),
    readBytes,
    writeBytes,
  };
}

const WAVE_SECONDS = 90;

/** What has come together after `seconds` at `perSecond` on average, in a wave that never goes backwards. */
function grown(perSecond: number, seconds: number, phase: number): number {
  const angle = (2 * Math.PI) / WAVE_SECONDS;
  const wave = (0.7 / angle) * (Math.cos(phase) - Math.cos(angle * seconds + phase));
  return Math.max(0, Math.floor(perSecond * (seconds + wave)));
}

function coreShare(core: number, cores: number, seed: number): number {
  if (cores === 1) return 1;
  const favourite = seed % cores;
  return core === favourite ? 0.5 : 0.5 / (cores - 1);
}

function inPages(bytes: number): number {
  return Math.floor(bytes / PAGE_BYTES) * PAGE_BYTES;
}
