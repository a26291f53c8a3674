import { hostname } from "node:os";
import { ownContainerId } from "../sampling/same-machine.ts";

/**
 * Whether a container is the one that we run in. Where nothing is mounted that names it (Podman, Windows), its host name
 * does, which engines make of its id unless they are told another.
 */
export function createOwnTest(
  { ownId, host }: { ownId: string | undefined; host: string } = { ownId: ownContainerId(), host: hostname() },
): (containerId: string) => boolean {
  if (ownId !== undefined) return (id) => id === ownId;
  const isShortId = /^[0-9a-f]{12}$/i.test(host);
  return (id) => isShortId && id.startsWith(host.toLowerCase());
}
