import type { StatsReply } from "../engine/replies.ts";
import type { NetworkSample } from "./container-sample.ts";
import { fieldsOf, quantity } from "./quantity.ts";

/** One sample an interface; none for a container without a network of its own (`none`, `host`): the key is then missing. */
export function networkSamples(reply: StatsReply["networks"]): NetworkSample[] | undefined {
  const networks = fieldsOf(reply);
  if (networks === undefined) return undefined;
  const samples: NetworkSample[] = [];
  for (const [name, counters] of Object.entries(networks)) {
    const one = fieldsOf(counters);
    if (one === undefined) continue;
    samples.push({
      interface: name,
      receiveBytes: quantity(one.rx_bytes),
      receivePackets: quantity(one.rx_packets),
      receiveErrors: quantity(one.rx_errors),
      receiveDropped: quantity(one.rx_dropped),
      transmitBytes: quantity(one.tx_bytes),
      transmitPackets: quantity(one.tx_packets),
      transmitErrors: quantity(one.tx_errors),
      transmitDropped: quantity(one.tx_dropped),
    });
  }
  return samples;
}
