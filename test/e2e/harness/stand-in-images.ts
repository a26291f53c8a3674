import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { component } from "./components.ts";
import { type ImageFolder, imageFolder } from "./image-folder.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const PROXY_FIXTURE = join(ROOT, "test/fixtures/docker-socket-proxy");

export interface StandInOptions {
  /** `docker build` on the engine. */
  readonly build: (folder: string, tag: string) => Promise<unknown>;
  /** Debian's haproxy, unpacked. */
  readonly haproxy: string;
  readonly alloy: string;
}

/**
 * Without a registry, images of the same kind under the names that the Dockerfile and the compose files give: made of
 * the machine's Node and npm, the suite's Prometheus, Collector and Alloy, and haproxy with the socket proxy's own files.
 */
export async function buildStandIns({ build, haproxy, alloy }: StandInOptions): Promise<void> {
  const folder = temporaryFolder();
  const makers: Record<string, (path: string) => ImageFolder> = {
    "node:24-bookworm-slim": buildBase,
    "gcr.io/distroless/nodejs24-debian12": runBase,
    "tecnativa/docker-socket-proxy:v0.4.1": (path) => socketProxy(path, haproxy),
    "prom/prometheus:v3.13.5": prometheus,
    "otel/opentelemetry-collector-contrib:0.149.0": collector,
    "grafana/alloy:v1.19.0": (path) => alloyImage(path, alloy),
  };
  try {
    for (const [index, [tag, make]] of Object.entries(makers).entries()) {
      await build(make(join(folder.path, String(index))).path, tag);
    }
  } finally {
    folder.remove();
  }
}

/** Node alone: no shell, no package manager. */
function runBase(path: string): ImageFolder {
  const image = imageFolder(path, ["FROM scratch", "COPY root /", 'ENTRYPOINT ["/nodejs/bin/node"]']);
  image.copyBinary(process.execPath, "/nodejs/bin/node");
  return image;
}

/** Node, npm and a shell; the engine of these tests has no way out, so npm finds the packages in its cache. */
function buildBase(path: string): ImageFolder {
  const npm = dirname(dirname(realpathSync(execFileSync("which", ["npm"], { encoding: "utf8" }).trim())));
  const registry = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8", stdio: "pipe" }).trim();
  const image = imageFolder(path, [
    "FROM bb:latest",
    "COPY root /",
    `ENV NPM_CONFIG_CACHE=/npm-cache NPM_CONFIG_OFFLINE=true NPM_CONFIG_REGISTRY=${registry} HOME=/tmp`,
  ]);
  image.copyBinary(process.execPath, "/bin/node");
  image.copy(npm, "/usr/lib/node_modules/npm");
  image.link("/bin/npm", "/usr/lib/node_modules/npm/bin/npm-cli.js");
  image.link("/usr/bin/env", "/bin/env");
  fillNpmCache(join(path, "root/npm-cache"));
  return image;
}

function fillNpmCache(cache: string) {
  const project = temporaryFolder();
  mkdirSync(join(project.path, "scripts"));
  for (const file of ["package.json", "package-lock.json", ".npmrc", "scripts/no-ssh2"]) {
    cpSync(join(ROOT, file), join(project.path, file), { recursive: true });
  }
  execFileSync("npm", ["ci", "--ignore-scripts", "--prefer-offline", "--cache", cache], {
    cwd: project.path,
    stdio: "pipe",
  });
  project.remove();
}

/** What tecnativa/docker-socket-proxy v0.4.1 is: haproxy with its two files and its defaults. */
function socketProxy(path: string, haproxy: string): ImageFolder {
  const image = imageFolder(path, [
    "FROM bb:latest",
    "COPY root /",
    "ENV ALLOW_RESTARTS=0 ALLOW_STOP=0 ALLOW_START=0 AUTH=0 BUILD=0 COMMIT=0 CONFIGS=0 CONTAINERS=0 DISABLE_IPV6=0 \\",
    "  DISTRIBUTION=0 EVENTS=1 EXEC=0 GRPC=0 IMAGES=0 INFO=0 LOG_LEVEL=info NETWORKS=0 NODES=0 PING=1 PLUGINS=0 POST=0 \\",
    "  SECRETS=0 SERVICES=0 SESSION=0 SOCKET_PATH=/var/run/docker.sock SWARM=0 SYSTEM=0 TASKS=0 VERSION=1 VOLUMES=0",
    "RUN mkdir -p /run /var /var/lib/haproxy && ln -s /run /var/run && chmod 755 /usr/local/bin/docker-entrypoint.sh",
    'ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]',
    'CMD ["haproxy", "-f", "/tmp/haproxy.cfg"]',
  ]);
  image.copyBinary(join(haproxy, "usr/sbin/haproxy"), "/bin/haproxy", { unpacked: haproxy });
  image.copy(join(haproxy, "etc/haproxy/errors"), "/usr/local/etc/haproxy/errors");
  image.copy(join(PROXY_FIXTURE, "haproxy.cfg"), "/usr/local/etc/haproxy/haproxy.cfg.template");
  image.copy(join(PROXY_FIXTURE, "docker-entrypoint.sh"), "/usr/local/bin/docker-entrypoint.sh");
  return image;
}

function prometheus(path: string): ImageFolder {
  const image = imageFolder(path, [
    "FROM bb:latest",
    "COPY root /",
    "RUN mkdir /prometheus && chown 65534:65534 /prometheus",
    "USER 65534",
    "VOLUME /prometheus",
    "WORKDIR /prometheus",
    'ENTRYPOINT ["/bin/prometheus"]',
  ]);
  image.copyBinary(component("PROMETHEUS"), "/bin/prometheus");
  image.write("/etc/prometheus/prometheus.yml", "global: {}\n");
  return image;
}

function collector(path: string): ImageFolder {
  const image = imageFolder(path, [
    "FROM scratch",
    "COPY root /",
    "USER 10001",
    'ENTRYPOINT ["/otelcol-contrib"]',
    'CMD ["--config", "/etc/otelcol-contrib/config.yaml"]',
  ]);
  image.copyBinary(component("COLLECTOR"), "/otelcol-contrib");
  return image;
}

function alloyImage(path: string, alloy: string): ImageFolder {
  const image = imageFolder(path, [
    "FROM scratch",
    "COPY root /",
    'ENTRYPOINT ["/bin/alloy"]',
    'CMD ["run", "/etc/alloy/config.alloy", "--storage.path=/var/lib/alloy/data"]',
  ]);
  image.copyBinary(alloy, "/bin/alloy");
  return image;
}
