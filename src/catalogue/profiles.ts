interface ProfileHead {
  /** Whose names they are. */
  readonly help: string;
  /** Of each container's metric. */
  readonly labels: readonly string[];
}

/** Naming profiles: each is a set of rows (rows.ts) with labels of its own (label-schemes.ts). */
export const PROFILES = {
  cadvisor: {
    help: "cAdvisor's names, and what we have beyond them.",
    labels: ["id", "name", "image", "container_label_…", "container_env_…"],
  },
  collector: {
    help: 'The names of the "metrics and logs collector".',
    labels: ["container", "machine"],
  },
  "stats-exporter": {
    help: 'The names of the "Docker stats exporter" on port 8003. They are cAdvisor\'s with other labels, so not together with `cadvisor`.',
    labels: ["name", "image", "id"],
  },
  semconv: {
    help: "OpenTelemetry's semantic conventions, with their units.",
    labels: ["container.id", "container.name", "container.image.name", "container.label.…"],
  },
} as const satisfies Record<string, ProfileHead>;

export type Profile = keyof typeof PROFILES;

export const PROFILE_NAMES = Object.keys(PROFILES) as [Profile, ...Profile[]];
export const DEFAULT_PROFILES: readonly Profile[] = ["cadvisor"];

/** Profiles that would give one number two series of the same name: every sum over it would count twice. */
export const EXCLUSIVE_PROFILES: readonly (readonly [Profile, Profile])[] = [["cadvisor", "stats-exporter"]];
