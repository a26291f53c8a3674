import { commandOf, hexId, imageOf, isUp, type SimulatedContainer } from "./container.ts";
import { hostConfigReply } from "./host-config-reply.ts";
import { sizeReply } from "./list-reply.ts";
import { networkSettingsReply } from "./network-reply.ts";
import { isAtLeast } from "./profile.ts";
import { rfc3339, ZERO_TIME } from "./times.ts";
import type { View } from "./view.ts";

/** GET /containers/{id}/json, field for field as the recordings of 20.10 and 28.5 have it. */
export function inspectReply(container: SimulatedContainer, view: View, { size }: { size: boolean }): object {
  const [path, ...args] = commandOf(container);
  const directory = `/var/lib/docker/containers/${container.id}`;
  return {
    Id: container.id,
    Created: rfc3339(container.createdAtMs),
    Path: path,
    Args: args,
    State: stateReply(container),
    Image: `sha256:${hexId(`image/${imageOf(container)}`)}`,
    ResolvConfPath: `${directory}/resolv.conf`,
    HostnamePath: `${directory}/hostname`,
    HostsPath: `${directory}/hosts`,
    LogPath: `${directory}/${container.id}-json.log`,
    Name: `/${container.name}`,
    RestartCount: container.restartCount,
    Driver: isAtLeast(view.profile.engineVersion, "29.0") ? "overlayfs" : "overlay2",
    Platform: "linux",
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: "docker-default",
    ExecIDs: null,
    HostConfig: hostConfigReply(container, view),
    ...storageReply(container, view),
    ...(size ? sizeReply(container, view) : {}),
    Mounts: [],
    Config: configReply(container, view),
    NetworkSettings: networkSettingsReply(container, view),
  };
}

function stateReply(container: SimulatedContainer): object {
  return {
    Status: container.status,
    // moby counts a container that waits for its restart as running (container/state.go, SetRestarting).
    Running: isUp(container) || container.status === "restarting",
    Paused: container.status === "paused",
    Restarting: container.status === "restarting",
    OOMKilled: container.oomKilled,
    Dead: false,
    Pid: isUp(container) ? 1000 + container.ordinal * 8 : 0,
    ExitCode: container.exitCode,
    Error: "",
    StartedAt: rfc3339(container.startedAtMs),
    // A container in its first run has not finished yet; in a later one the time of the last end stays.
    FinishedAt: container.finishedAtMs === undefined ? ZERO_TIME : rfc3339(container.finishedAtMs),
    ...(container.health
      ? { Health: { Status: container.health, FailingStreak: container.health === "unhealthy" ? 3 : 0, Log: [] } }
      : {}),
  };
}

/** 29 stores images in containerd, and says so where the graph driver was. */
function storageReply(container: SimulatedContainer, { profile }: View): object {
  if (isAtLeast(profile.engineVersion, "29.0")) return { Storage: { RootFS: { Snapshot: { Name: "overlayfs" } } } };
  const layer = `/var/lib/docker/overlay2/${hexId(`layer/${container.id}`)}`;
  return {
    GraphDriver: {
      Data: {
        ...(isAtLeast(profile.engineVersion, "28.0") ? { ID: container.id } : {}),
        LowerDir: `${layer}-init/diff`,
        MergedDir: `${layer}/merged`,
        UpperDir: `${layer}/diff`,
        WorkDir: `${layer}/work`,
      },
      Name: "overlay2",
    },
  };
}

function configReply({ id, options, ...container }: SimulatedContainer, view: View): object {
  return {
    Hostname: id.slice(0, 12),
    Domainname: "",
    User: "",
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: options.tty ?? false,
    OpenStdin: false,
    StdinOnce: false,
    Env: options.env ?? null,
    Cmd: commandOf({ id, options, ...container }),
    ...(options.healthcheck ? { Healthcheck: { Test: ["CMD-SHELL", "true"], Interval: 5_000_000_000 } } : {}),
    Image: imageOf({ id, options, ...container }),
    Volumes: null,
    WorkingDir: "",
    Entrypoint: null,
    ...(isAtLeast(view.apiVersion, "1.52") ? {} : { OnBuild: null }),
    Labels: options.labels ?? {},
  };
}
