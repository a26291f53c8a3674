import type { NetworkSample } from "../sample/container-sample.ts";
import { type ContainerRow, EVERYWHERE, LINUX } from "./row.ts";

export const NETWORK_ROWS: readonly ContainerRow[] = [
  counter("receive_bytes", "Cumulative count of bytes received.", "rx_bytes", (network) => network.receiveBytes),
  counter(
    "receive_packets",
    "Cumulative count of packets received.",
    "rx_packets",
    (network) => network.receivePackets,
  ),
  counter(
    "receive_packets_dropped",
    "Cumulative count of packets dropped while receiving.",
    "rx_dropped",
    (network) => network.receiveDropped,
  ),
  counter(
    "receive_errors",
    "Cumulative count of errors encountered while receiving.",
    "rx_errors",
    (network) => network.receiveErrors,
  ),
  counter("transmit_bytes", "Cumulative count of bytes transmitted.", "tx_bytes", (network) => network.transmitBytes),
  counter(
    "transmit_packets",
    "Cumulative count of packets transmitted.",
    "tx_packets",
    (network) => network.transmitPackets,
  ),
  counter(
    "transmit_packets_dropped",
    "Cumulative count of packets dropped while transmitting.",
    "tx_dropped",
    (network) => network.transmitDropped,
  ),
  counter(
    "transmit_errors",
    "Cumulative count of errors encountered while transmitting.",
    "tx_errors",
    (network) => network.transmitErrors,
  ),
];

function counter(
  subject: string,
  help: string,
  field: string,
  value: (network: NetworkSample) => number | undefined,
): ContainerRow {
  return {
    name: `container_network_${subject}_total`,
    help,
    kind: "counter",
    labels: ["interface"],
    group: "network",
    source: `stats: networks.<interface>.${field}`,
    platforms: subject.endsWith("errors") ? LINUX : EVERYWHERE,
    observe({ networks = [] }, point) {
      for (const network of networks) point(value(network), "interface", network.interface);
    },
  };
}
