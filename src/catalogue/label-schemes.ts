import { imageParts } from "../kit/image-reference.ts";
import type { ContainerIdentity } from "../sample/container-sample.ts";
import { type LabelRules, labelFilter } from "./label-rules.ts";
import type { Profile } from "./profiles.ts";

export interface LabelOptions extends LabelRules {
  /** In UTF-16 code units; a longer value is cut. */
  readonly maxValueLength: number;
}

export interface MadeLabels {
  readonly labels: Record<string, string>;
  /** Nothing was left out for being too much. */
  readonly isWhole: boolean;
}

/** What a profile calls a container. */
export interface LabelScheme {
  /** What tells containers apart by these labels: of two that share it, the first alone has series. */
  keyOf(identity: ContainerIdentity): string;
  labelsOf(identity: ContainerIdentity): MadeLabels;
}

interface SchemeParts {
  readonly maxValueLength: number;
  isAllowed(name: string): boolean;
}

/** `machineName` is the host's, of the collector's labels. */
export function labelScheme(profile: Profile, options: LabelOptions, machineName = ""): LabelScheme {
  const { maxValueLength } = options;
  const parts = { maxValueLength, isAllowed: labelFilter(options) };
  const keyOf = ({ containerId }: ContainerIdentity) => containerId;
  switch (profile) {
    case "cadvisor":
      return { keyOf, labelsOf: (identity) => ofCadvisor(identity, parts) };
    case "stats-exporter":
      return { keyOf, labelsOf: (identity) => ofStatsExporter(identity, parts) };
    case "semconv":
      return { keyOf, labelsOf: (identity) => ofSemconv(identity, parts) };
    case "collector": {
      const nameOf = ({ name }: ContainerIdentity) => bounded(name, maxValueLength);
      const labelsOf = (identity: ContainerIdentity) => ({
        labels: { container: nameOf(identity), machine: bounded(machineName, maxValueLength) },
        isWhole: true,
      });
      return { keyOf: nameOf, labelsOf };
    }
  }
}

/** The container's name, under whatever label it is. */
export function nameIn(labels: Readonly<Record<string, string>>): string {
  return labels.name ?? labels.container ?? labels["container.name"] ?? "";
}

function ofCadvisor(identity: ContainerIdentity, { maxValueLength, isAllowed }: SchemeParts): MadeLabels {
  const labels: Record<string, string> = {
    id: identity.cgroupPath,
    name: bounded(identity.name, maxValueLength),
    image: bounded(identity.image, maxValueLength),
  };
  const own = Object.entries(identity.labels).filter(([name]) => isAllowed(name));
  const ofLabel = { nameOf: (name: string) => `container_label_${sanitized(name)}`, maxValueLength };
  const ofVariable = { nameOf: (name: string) => `container_env_${sanitized(name.toLowerCase())}`, maxValueLength };
  const areLabelsWhole = addSorted(labels, own, ofLabel);
  const isEnvWhole = addSorted(labels, Object.entries(identity.env), ofVariable);
  return { labels, isWhole: areLabelsWhole && isEnvWhole };
}

function ofStatsExporter({ containerId, name, image }: ContainerIdentity, { maxValueLength }: SchemeParts): MadeLabels {
  const labels = { name: bounded(name, maxValueLength), image: bounded(image, maxValueLength), id: containerId };
  return { labels, isWhole: true };
}

function ofSemconv(identity: ContainerIdentity, { maxValueLength, isAllowed }: SchemeParts): MadeLabels {
  const { imageName } = imageParts(identity.image);
  const labels: Record<string, string> = {
    "container.id": identity.containerId,
    "container.name": bounded(identity.name, maxValueLength),
    "container.image.name": bounded(imageName, maxValueLength),
  };
  // Two names that become one on a Prometheus page may not both be there.
  const own = new Map<string, [string, string]>();
  for (const entry of Object.entries(identity.labels).sort(byName)) {
    if (isAllowed(entry[0]) && !own.has(sanitized(entry[0]))) own.set(sanitized(entry[0]), entry);
  }
  const nameOf = (name: string) => `container.label.${name}`;
  return { labels, isWhole: addSorted(labels, [...own.values()], { nameOf, maxValueLength }) };
}

interface Naming {
  nameOf(name: string): string;
  readonly maxValueLength: number;
}

/**
 * Of two names that become one, the first in code unit order keeps it: cAdvisor 0.60.5 takes whichever Go's map gives
 * first, so its value changes from scrape to scrape. False: the last of them are left out, being too many.
 */
function addSorted(
  labels: Record<string, string>,
  entries: [string, string][],
  { nameOf, maxValueLength }: Naming,
): boolean {
  entries.sort(byName);
  let length = 0;
  for (const [name, value] of entries) {
    const label = bounded(value, maxValueLength);
    length += name.length + label.length;
    if (length > MAX_LABELS_LENGTH) return false;
    labels[nameOf(name)] ??= label;
  }
  return true;
}

function byName([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}

/**
 * Of all labels of a container together, in UTF-16 code units: they travel with each of its sixty points. Docker sets no
 * limit, and receivers refuse requests in which a single point is larger than a message may be.
 */
const MAX_LABELS_LENGTH = 32 * 1024;

/** As cAdvisor does it. The prefix keeps a leading digit valid, and apart from every label of our own. */
function sanitized(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, "_");
}

/** Cut between characters, and without halves of surrogate pairs, which UTF-8 can't carry. */
function bounded(value: string, maxLength: number): string {
  const whole = value.toWellFormed();
  if (whole.length <= maxLength) return whole;
  const cut = whole.slice(0, maxLength);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
