import type { ContainerSummary } from "../engine/replies.ts";
import { glob, labelGlobs } from "./globs.ts";
import type { ContainerFilter } from "./inventory.ts";

export interface ContainerChoice {
  /**
   * Whether the filters choose the container. `image` is the name that it was started by, as far as that is known: the
   * list shows an image whose tag has moved on by its id, and then (undefined) only the other filters are asked.
   */
  chooses(summary: ContainerSummary, image: string | undefined): boolean;
}

/** Nothing included means all; exclusion wins over inclusion, the container's own label `tallyman.enable=false` over both. */
export function createContainerChoice({
  include,
  exclude,
}: {
  include: ContainerFilter;
  exclude: ContainerFilter;
}): ContainerChoice {
  const included = matchers(include);
  const excluded = matchers(exclude);
  return {
    chooses(summary, image) {
      const labels = summary.Labels ?? {};
      if (isSwitchedOff(labels)) return false;
      const name = nameOfContainer(summary);
      if (excluded.names?.(name) || excluded.labels?.(labels)) return false;
      if (image !== undefined && excluded.images?.(image)) return false;
      return (
        (included.names?.(name) ?? true) &&
        (included.labels?.(labels) ?? true) &&
        (image === undefined || (included.images?.(image) ?? true))
      );
    },
  };
}

/** Its own name, not a link's alias: the one with a single slash (Engine API: "/web", alias "/other/web"; Podman: "web"). */
export function nameOfContainer({ Names, Id }: ContainerSummary): string {
  const own = (Names ?? []).find((name) => name.lastIndexOf("/") <= 0);
  return (own ?? Id).replace(/^\//, "");
}

function isSwitchedOff(labels: Readonly<Record<string, string>>): boolean {
  return /^(false|0|no)$/i.test(String(labels["tallyman.enable"] ?? "").trim());
}

interface Matchers {
  readonly names?: (name: string) => boolean;
  readonly images?: (image: string) => boolean;
  readonly labels?: (labels: Readonly<Record<string, string>>) => boolean;
}

function matchers({ names, images, labels }: ContainerFilter): Matchers {
  return {
    ...(names.length > 0 && { names: glob(names) }),
    ...(images.length > 0 && { images: glob(images) }),
    ...(labels.length > 0 && { labels: labelGlobs(labels) }),
  };
}
