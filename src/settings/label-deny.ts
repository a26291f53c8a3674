/**
 * Container labels that do not become metric labels unless `metrics.labels.deny` is set otherwise: those that change at
 * each deployment (and so end every series of the container), tell paths of the host, or hold password hashes.
 * Compose's names: docker/compose v2 pkg/api/labels.go.
 */
export const DEFAULT_LABEL_DENY: readonly string[] = [
  "com.docker.compose.config-hash",
  "com.docker.compose.depends_on",
  "com.docker.compose.image",
  "com.docker.compose.project.config_files",
  "com.docker.compose.project.environment_file",
  "com.docker.compose.project.working_dir",
  "com.docker.compose.replace",
  "com.docker.compose.version",
  "desktop.docker.io/*",
  "*basicauth*",
  "*basic_auth*",
];
