import { type LabelSet, labelSet } from "../families/label-set.ts";
import type { ContainerIdentity } from "../sample/container-sample.ts";
import { type LabelRules, labelFilter } from "./label-rules.ts";

export interface LabelOptions extends LabelRules {
  /** In UTF-16 code units; a longer value is cut. */
  readonly maxValueLength: number;
}

export interface ContainerLabels {
  /** The same object for the same labels of a container, from sweep to sweep. */
  of(identity: ContainerIdentity): LabelSet;
  /** Whether labels of it were left out, being too many. */
  isCut(identity: ContainerIdentity): boolean;
  /** Forgets the containers that are not in `present`. */
  keepOnly(present: ReadonlySet<string>): void;
}

export function createContainerLabels(options: LabelOptions): ContainerLabels {
  const isAllowed = labelFilter(options);
  const byIdentity = new WeakMap<ContainerIdentity, LabelSet>();
  const newest = new Map<string, LabelSet>();
  const cut = new WeakSet<ContainerIdentity>();

  return {
    of(identity) {
      const known = byIdentity.get(identity);
      if (known !== undefined) return known;
      const { labels, isWhole } = labelsOf(identity, options, isAllowed);
      if (!isWhole) cut.add(identity);
      const made = labelSet(labels);
      const last = newest.get(identity.containerId);
      // A container that was inspected anew has a new identity object, but its series go on: outlets know series by their
      // set, and would end the old one and begin it again.
      const set = last !== undefined && areEqual(last, made) ? last : made;
      newest.set(identity.containerId, set);
      byIdentity.set(identity, set);
      return set;
    },
    isCut: (identity) => cut.has(identity),
    keepOnly(present) {
      if (newest.size === present.size) return;
      for (const id of newest.keys()) if (!present.has(id)) newest.delete(id);
    },
  };
}

function labelsOf(
  identity: ContainerIdentity,
  { maxValueLength }: LabelOptions,
  isAllowed: (name: string) => boolean,
): { labels: Record<string, string>; isWhole: boolean } {
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
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  let length = 0;
  for (const [name, value] of entries) {
    const label = bounded(value, maxValueLength);
    length += name.length + label.length;
    if (length > MAX_LABELS_LENGTH) return false;
    labels[nameOf(name)] ??= label;
  }
  return true;
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

function areEqual(a: LabelSet, b: LabelSet): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
