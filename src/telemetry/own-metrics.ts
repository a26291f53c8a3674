interface OwnMetric {
  readonly kind: "counter" | "gauge";
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every metric of the agent about itself, once: `Tally` takes these names only, and docs/metrics.md lists them. */
export const OWN_METRICS = {
  tallyman_build_info: {
    kind: "gauge",
    help: "Constant 1, labelled with the version and revision of the running agent.",
    labels: ["version", "revision", "node_version"],
  },
  tallyman_engine_up: {
    kind: "gauge",
    help: "Whether the last sweep could list the engine's containers (1) or not (0).",
    labels: [],
  },
  tallyman_engine_errors_total: {
    kind: "counter",
    help: "Failed requests to the engine, by kind of failure.",
    labels: ["kind"],
  },
  tallyman_containers_limit_passed_total: {
    kind: "counter",
    help: "Lists of the engine that held more containers than the limit, so that the oldest were left out.",
    labels: [],
  },
  tallyman_cuts_total: {
    kind: "counter",
    help: "Containers in sweeps of which labels or points were left out, being more than can be sent, by what was cut.",
    labels: ["what"],
  },
  tallyman_engine_reconnects_total: {
    kind: "counter",
    help: "Times that the engine was found again after it had been lost.",
    labels: [],
  },
  tallyman_sweep_duration_seconds: {
    kind: "gauge",
    help: "Wall time of the last sweep over all containers.",
    labels: [],
  },
  tallyman_sweeps_total: { kind: "counter", help: "Sweeps over the engine, by outcome.", labels: ["outcome"] },
  tallyman_containers_seen: {
    kind: "gauge",
    help: "Containers that the last sweep found and the filters chose.",
    labels: [],
  },
  tallyman_containers_read: {
    kind: "gauge",
    help: "Containers of these that the last sweep could read; of a stopped one that is its state.",
    labels: [],
  },
  tallyman_exports_total: {
    kind: "counter",
    help: "Pushed requests, by outlet and outcome.",
    labels: ["outlet", "outcome"],
  },
  tallyman_points_sent_total: { kind: "counter", help: "Points that a receiver accepted.", labels: ["outlet"] },
  tallyman_sent_bytes_total: {
    kind: "counter",
    help: "Bytes of requests that a receiver accepted, before compression.",
    labels: ["outlet"],
  },
  tallyman_rejected_points_total: {
    kind: "counter",
    help: "Points that a receiver refused out of requests that it accepted.",
    labels: ["outlet"],
  },
  tallyman_ended_series_total: {
    kind: "counter",
    help: "Series whose end a receiver was told.",
    labels: ["outlet"],
  },
  tallyman_forgotten_series_total: {
    kind: "counter",
    help: "Series whose end could not be told while a receiver would still have answered for them.",
    labels: ["outlet"],
  },
  tallyman_log_followed_containers: {
    kind: "gauge",
    help: "Containers whose log is being read.",
    labels: [],
  },
  tallyman_log_lag_seconds: {
    kind: "gauge",
    help: "How long the newest line that is not yet written has waited, of the container that is most behind.",
    labels: [],
  },
  tallyman_log_lines_total: { kind: "counter", help: "Lines, and parts of long ones, written to files.", labels: [] },
  tallyman_log_written_bytes_total: {
    kind: "counter",
    help: "Bytes written to log files, before compression.",
    labels: [],
  },
  tallyman_log_line_parts_total: {
    kind: "counter",
    help: "Parts of lines that were longer than the limit, which are kept in parts.",
    labels: [],
  },
  tallyman_log_torn_lines_total: {
    kind: "counter",
    help: "Half lines at the end of a file, left by a kill or a power cut, that were cut off and read anew.",
    labels: [],
  },
  tallyman_log_rotations_total: { kind: "counter", help: "Log files that were full and rotated.", labels: [] },
  tallyman_log_files_removed_total: {
    kind: "counter",
    help: "Log files removed because of their number, their total size, or their container's removal, by reason.",
    labels: ["reason"],
  },
  tallyman_log_write_failures_total: {
    kind: "counter",
    help: "Attempts to write lines that failed and were tried again, by the system's error code.",
    labels: ["code"],
  },
  tallyman_log_gaps_total: {
    kind: "counter",
    help: "Times that the engine no longer had the lines after the last one written.",
    labels: [],
  },
  tallyman_log_missed_containers_total: {
    kind: "counter",
    help: "Containers that were started and removed before anything of their log could be read.",
    labels: [],
  },
  tallyman_log_reconnects_total: {
    kind: "counter",
    help: "Log streams opened again after they had broken off.",
    labels: [],
  },
  tallyman_log_stream_errors_total: {
    kind: "counter",
    help: "Log streams that broke off or could not be had, by kind of failure.",
    labels: ["kind"],
  },
  tallyman_log_records_sent_total: { kind: "counter", help: "Log records that a receiver accepted.", labels: [] },
  tallyman_log_records_sent_bytes_total: {
    kind: "counter",
    help: "Bytes of requests with log records that a receiver accepted, before compression.",
    labels: [],
  },
  tallyman_log_unsent_seconds: {
    kind: "gauge",
    help: "How long the oldest line has waited that is to be sent, of the container that is most behind; 0 when none waits.",
    labels: [],
  },
  tallyman_log_unsent_bytes: {
    kind: "gauge",
    help: "Bytes of log files that are still to be sent, of compressed ones as they are.",
    labels: [],
  },
  tallyman_log_unsent_files_total: {
    kind: "counter",
    help: "Log files that could not be read, so that what was left of them was not sent.",
    labels: [],
  },
  tallyman_log_records_dropped_total: {
    kind: "counter",
    help: "Log records that were not sent and never will be, by reason: removed with their file, refused, rejected.",
    labels: ["reason"],
  },
  tallyman_http_requests_total: {
    kind: "counter",
    help: "Requests that the door answered, by the path of what answered them, and by status.",
    labels: ["path", "status"],
  },
  tallyman_http_request_seconds_total: {
    kind: "counter",
    help: "Time from a request's header until its answer was handed on, by the path of what answered it.",
    labels: ["path"],
  },
  tallyman_http_connections: { kind: "gauge", help: "Connections to the door that are open.", labels: [] },
  tallyman_http_connections_refused_total: {
    kind: "counter",
    help: "Connections to the door that were refused, being more than the limit.",
    labels: [],
  },
  tallyman_program_up: {
    kind: "gauge",
    help: "Whether the last run of a program that has an interval gave metrics (1) or not (0).",
    labels: ["exporter"],
  },
  tallyman_program_duration_seconds: {
    kind: "gauge",
    help: "Wall time of that run.",
    labels: ["exporter"],
  },
  tallyman_program_runs_total: {
    kind: "counter",
    help: "Runs of programs, by outcome: success, or what went wrong (start, exit, time, output, metrics), or was in the way (busy, stopped).",
    labels: ["exporter", "outcome"],
  },
  server_requests_total: {
    kind: "counter",
    help: "Requests that the door answered, by status. Where programs are configured, as are those below.",
    labels: ["status"],
  },
  server_exporter_requests_total: {
    kind: "counter",
    help: "Requests for a program's metrics, by status.",
    labels: ["exporter", "status"],
  },
  server_exporter_seconds_total: {
    kind: "counter",
    help: "Time that programs took to answer requests, without waiting for their turn.",
    labels: ["exporter"],
  },
  server_uptime_seconds_total: { kind: "counter", help: "Time since the agent started.", labels: [] },
} as const satisfies Record<string, OwnMetric>;

export type OwnMetricName = keyof typeof OWN_METRICS;
