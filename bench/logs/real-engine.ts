import { type DockerEngine, startDockerEngine } from "../../test/e2e/harness/docker-engine.ts";

/** A real engine of our own for as long as the work takes, also when it is interrupted: the machine's, or that of REAL_BINARIES. */
export async function withRealEngine<T>(work: (engine: DockerEngine, version: string) => Promise<T>): Promise<T> {
  const engine = await startDockerEngine(process.env.REAL_BINARIES ? { binaries: process.env.REAL_BINARIES } : {});
  let ending: Promise<void> | undefined;
  const end = () => (ending ??= engine.end());
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void end().finally(() => process.exit(1)));
  try {
    return await work(engine, await engine.docker("version", "--format", "{{.Server.Version}}"));
  } finally {
    await end();
  }
}
