import { hexId, isUp, networkModeOf, networksOf, type SimulatedContainer } from "./container.ts";
import { isAtLeast } from "./profile.ts";
import type { View } from "./view.ts";

/** NetworkSettings.Networks of a list entry and of inspect. */
export function endpointsReply(container: SimulatedContainer, view: View): Record<string, object> {
  return Object.fromEntries(
    networksOf(container).map((name, i) => [name, endpointReply(container, view, { name, position: i })]),
  );
}

/** inspect's NetworkSettings; 29 has left out the fields that spoke of the default bridge alone. */
export function networkSettingsReply(container: SimulatedContainer, view: View): object {
  const sandboxId = isUp(container) ? hexId(`sandbox/${container.id}/${container.startedAtMs}`) : "";
  const networks = endpointsReply(container, view);
  const sandbox = {
    SandboxID: sandboxId,
    SandboxKey: sandboxId && `/var/run/docker/netns/${sandboxId.slice(0, 12)}`,
    Ports: {},
  };
  if (isAtLeast(view.apiVersion, "1.52")) return { ...sandbox, Networks: networks };
  const bridge = (networks.bridge ?? {}) as Record<string, unknown>;
  return {
    Bridge: "",
    ...sandbox,
    HairpinMode: false,
    LinkLocalIPv6Address: "",
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: bridge.EndpointID ?? "",
    Gateway: bridge.Gateway ?? "",
    GlobalIPv6Address: "",
    GlobalIPv6PrefixLen: 0,
    IPAddress: bridge.IPAddress ?? "",
    IPPrefixLen: bridge.IPPrefixLen ?? 0,
    IPv6Gateway: "",
    MacAddress: bridge.MacAddress ?? "",
    Networks: networks,
  };
}

function endpointReply(
  container: SimulatedContainer,
  view: View,
  { name, position }: { name: string; position: number },
) {
  const hasAddress = isUp(container) && !["host", "none"].includes(networkModeOf(container));
  const subnet = name === "bridge" ? 17 : 18 + (Number.parseInt(hexId(name).slice(0, 2), 16) % 12);
  const [high, low] = [Math.floor((container.ordinal + 1) / 250), ((container.ordinal + 1) % 250) + 1];
  const mac = hexId(`${container.id}/${position}`).slice(0, 10).match(/../g)?.join(":");
  return {
    IPAMConfig: null,
    Links: null,
    Aliases: null,
    MacAddress: hasAddress ? `02:${mac}` : "",
    DriverOpts: null,
    ...(isAtLeast(view.apiVersion, "1.48") ? { GwPriority: 0 } : {}),
    NetworkID: container.status === "created" ? "" : hexId(`network/${name}`),
    EndpointID: isUp(container) ? hexId(`endpoint/${name}/${container.id}`) : "",
    Gateway: hasAddress ? `172.${subnet}.0.1` : "",
    IPAddress: hasAddress ? `172.${subnet}.${high}.${low}` : "",
    IPPrefixLen: hasAddress ? 16 : 0,
    IPv6Gateway: "",
    GlobalIPv6Address: "",
    GlobalIPv6PrefixLen: 0,
    ...(isAtLeast(view.apiVersion, "1.44") || view.profile.flavour === "podman" ? { DNSNames: null } : {}),
  };
}
