import picomatch from "picomatch";

/**
 * Labels that are left out unless the settings give a list of their own: those that leak (paths of the host, passwords and
 * keys that proxies and dashboards read from labels) and those that churn (they change with every `compose up` and would
 * begin new series). Names of what is common, November 2026: Compose 2.x, Docker Desktop 4.x, Traefik 1 … 3,
 * caddy-docker-proxy 2.x, Homepage 1.x, Dev Containers.
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
  "devcontainer.*",
  "homepage.widget*",
  "*.auth.basic*",
  "*basicauth*",
  "*basic_auth*",
  "*digestauth*",
  "*.headers.custom*headers.authorization",
  "*apikey*",
  "*api[-_.]key*",
  "*credential*",
  "*passw[do]*",
  "*private[-_.]key*",
  "*secret*",
  "*token*",
];

export interface LabelRules {
  /** Globs on the label's own name, whatever its case; an empty list allows none. */
  readonly allow: readonly string[];
  /** Wins over `allow`. */
  readonly deny: readonly string[];
}

export function labelFilter({ allow, deny }: LabelRules): (name: string) => boolean {
  const allowed = globs(allow);
  const denied = globs(deny);
  return (name) => allowed(name) && !denied(name);
}

/**
 * `bash` lets a star match slashes, which are ordinary letters in a label's name; `nocase`, because Traefik reads its
 * labels so and "basicAuth" is as usual as "basicauth".
 */
function globs(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.length === 0) return () => false;
  return picomatch([...patterns], { bash: true, dot: true, nocase: true, nonegate: true });
}
