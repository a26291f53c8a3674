import type { EngineFacts } from "../engine/engine.ts";
import type { Container } from "../inventory/inventory.ts";
import type { MachineSample } from "../sample/container-sample.ts";
import { createDeviceNames } from "./devices.ts";
import { readMachine } from "./machine.ts";
import { isSameMachine } from "./same-machine.ts";

interface MachineKnowledge {
  readonly machine: MachineSample;
  readonly devices: (major: number, minor: number) => string | undefined;
}

/** Read once for each connection: hardware does not change under a running engine. */
export function createMachineReader() {
  const names = createDeviceNames();
  let known: (MachineKnowledge & { facts: EngineFacts }) | undefined;
  return (facts: EngineFacts, containers: readonly Container[]): MachineKnowledge => {
    if (known?.facts !== facts) {
      const ids = containers.map((container) => container.summary.Id);
      const sameMachine = isSameMachine(facts, ids);
      const devices = sameMachine ? names : () => undefined;
      known = { facts, machine: readMachine(facts, { sameMachine }), devices };
    }
    return known;
  };
}
