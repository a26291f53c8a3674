interface CommandText {
  readonly line: string;
  readonly more: string;
  /** Absent: its name. */
  readonly usage?: string;
}

/** Each command in a line, and what its own help adds. */
export const COMMANDS = {
  run: {
    line: "watch the engine and push until stopped; what happens without a command",
    more: `Sweeps every container each otlp.interval and pushes over OTLP. An engine or a receiver that is away is waited for.
SIGTERM or SIGINT: a last push, the end of every series, and the process is gone within 5 s.`,
  },
  demo: {
    line: "the same with a page of text on the terminal; simulates what is missing",
    more: `Uses the real engine if one answers, else a simulated one, and pushes real OTLP to the endpoint that is set, else to a
receiver of its own. Shows what it found, where it pushes and what arrives.`,
  },
  once: {
    line: "read every container once and print Prometheus text on standard output",
    more: `Nothing else goes to standard output and nothing is pushed. Exit code 1 if the engine can't be read.`,
  },
  check: {
    line: "try the engine, the receiver, the log folder, the door and the settings; a remedy for each problem",
    more: `Tells the engine's version and cgroup, whether the receiver accepts a real OTLP request, whether logs can be kept, and where
each setting came from. Exit code 1 if anything is wrong.`,
  },
  health: {
    line: "ask the agent that runs with these settings whether all is well",
    more: `Asks the door, http.listen, for /health, with the certificate and the login that are set, and prints a line: what is
wrong, if anything is. For a container's health check. With the door off it does what check does.
Exit code 1 if something is wrong, or nobody answers.`,
  },
  logs: {
    line: "list and show the logs that were kept in files: logs ls, logs show NAME",
    more: `The files alone are read, also while an agent writes them and when the engine is away: the folder is logs.dir.

  tallyman logs ls [--json]      each container: files, bytes, the newest line
  tallyman logs show NAME        its lines, the oldest first; NAME is a name that it has or had, or the beginning of its id
      --since TIME, --until TIME 10m (ago), 2026-11-21T05:00:00Z, 2026-11-21
      --level LEVEL              this and worse: trace, debug, info, warning, error, critical
      --stream stdout|stderr
  -n, --tail N                   the last N of these
  -t, --timestamps               each with its time
  -f, --follow                   go on with what is added

Exit code 1 if the folder can't be read or has no such container.`,
  },
  exporter: {
    usage: "exporter NAME [arguments…]",
    line: "run a program that is set and print the metrics that it writes: exporter NAME [arguments…]",
    more: `NAME is one of programs.list, or an executable of programs.folder. What is not an option below is the program's own argument,
and so is everything after "--". The older spelling, tallyman --exporter NAME, works too.

      --pushgateway-address HOST:PORT   push the metrics to a Pushgateway, as the job NAME
      --no-print                        do not print them
      --debug                           print how the run went as JSON: returncode, stdout, stderr, metrics-filename, metrics
  -c, --config FILE                     before NAME only

Exit code 1 if the program failed or the push did, 2 if there is no such program.`,
  },
  config: {
    line: "print the settings in force and where each came from, secrets hidden",
    more: "The output is JSON5, which a settings file could hold.",
  },
} as const satisfies Record<string, CommandText>;

export type CommandName = keyof typeof COMMANDS;

const WHAT =
  "Tallyman watches a Docker Engine's containers through its API and pushes cAdvisor-named metrics over OTLP.";

const OPTIONS = `Options
  -c, --config FILE   the settings file (JSON5); else $TALLYMAN_CONFIG, ./config.json5, ./config.json,
                      /etc/tallyman/config.json5 or ContainerSpy's /etc/containerspy/config.json
  -h, --help          this page; after a command, what that command does
      --version       the version`;

const EXIT_CODES = `Exit codes
  0  done
  1  something is wrong: the engine, the receiver, the log folder
  2  a wrong setting or argument`;

export function generalHelp(): string {
  const commands = Object.entries(COMMANDS).map(([name, { line }]) => `  ${name.padEnd(8)}${line}`);
  return `${WHAT}

Usage: tallyman [command] [options]

Commands
${commands.join("\n")}

${OPTIONS}

Settings
  Each setting of the file has a variable, and the variable wins: otlp.interval is TALLYMAN_OTLP_INTERVAL.
  TALLYMAN_ENGINE_ADDRESS            unix:///var/run/docker.sock, tcp://host:2375 … (else DOCKER_HOST, else the platform's own)
  TALLYMAN_OTLP_ENDPOINT             http://collector:4318, http://prometheus:9090/api/v1/otlp/v1/metrics …
  TALLYMAN_OTLP_PROTOCOL             http/protobuf, http/json or grpc
  TALLYMAN_OTLP_INTERVAL             15s
  TALLYMAN_OTLP_BEARER_TOKEN_FILE    /run/secrets/otlp-token
  TALLYMAN_CONTAINERS_EXCLUDE_NAMES  *-tmp,buildx_*
  LOGS_DIR                           /logs: keep the containers' logs there, rotated
  TALLYMAN_LOG_LEVEL                 silent, error, warn, info or debug
  OpenTelemetry's OTEL_* variables are read too, and ContainerSpy's file and variables work unchanged.
  docs/settings.md and config.example.json5 hold them all.

Examples
  tallyman check
  tallyman once | grep container_memory_usage_bytes
  TALLYMAN_OTLP_ENDPOINT=http://collector:4318 TALLYMAN_OTLP_INTERVAL=15s tallyman

${EXIT_CODES}
`;
}

export function commandHelp(name: CommandName): string {
  const { line, more, usage = name }: CommandText = COMMANDS[name];
  return `tallyman ${name}: ${line}.

${more}

Usage: tallyman ${usage} [options]

${OPTIONS}

${EXIT_CODES}
`;
}
