export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exists: (path: string) => boolean;
}

/**
 * The address of the engine that a machine of this kind has. Where the usual socket is absent, the first that exists of
 * rootless Docker's, Docker Desktop's and Podman's; where none is, the usual one, since it may come later.
 */
export function defaultAddress({ platform, env, exists }: Surroundings): string {
  if (platform === "win32") return "npipe:////./pipe/docker_engine";
  const found = [USUAL, ...others(env)].find((path) => exists(path));
  return `unix://${found ?? USUAL}`;
}

const USUAL = "/var/run/docker.sock";

function others({ XDG_RUNTIME_DIR: runtime, HOME: home }: Surroundings["env"]): string[] {
  return [
    ...(runtime ? [`${runtime}/docker.sock`] : []),
    ...(home ? [`${home}/.docker/run/docker.sock`, `${home}/.docker/desktop/docker.sock`] : []),
    ...(runtime ? [`${runtime}/podman/podman.sock`] : []),
    "/run/podman/podman.sock",
  ];
}
