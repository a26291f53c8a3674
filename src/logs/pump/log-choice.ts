import { createContainerChoice } from "../../inventory/container-choice.ts";
import type { Container, ContainerFilter } from "../../inventory/inventory.ts";

export interface LogChoiceOptions {
  readonly include: ContainerFilter;
  readonly exclude: ContainerFilter;
  /** The container that we run in: what we say of a log would become a line of one. */
  readonly isOwn: (containerId: string) => boolean;
}

/** Whose logs are kept, of the containers that are watched. A container's own label `tallyman.logs=false` says no. */
export function createLogChoice({ isOwn, ...filters }: LogChoiceOptions): (container: Container) => boolean {
  const choice = createContainerChoice(filters);
  return ({ summary, inspect }) =>
    !isOwn(summary.Id) &&
    !/^(false|0|no)$/i.test(String(summary.Labels?.["tallyman.logs"] ?? "").trim()) &&
    choice.chooses(summary, inspect.Config?.Image ?? summary.Image);
}
