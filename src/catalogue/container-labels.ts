import { type LabelSet, labelSet } from "../families/label-set.ts";
import type { ContainerIdentity } from "../sample/container-sample.ts";
import type { LabelScheme } from "./label-schemes.ts";

export interface ContainerLabels extends Pick<LabelScheme, "keyOf"> {
  /** The same object for the same labels of a container, from sweep to sweep. */
  of(identity: ContainerIdentity): LabelSet;
  /** Whether labels of it were left out, being too many. */
  isCut(identity: ContainerIdentity): boolean;
  /** Forgets the containers whose keys are not in `present`. */
  keepOnly(present: ReadonlySet<string>): void;
}

export function createContainerLabels({ keyOf, labelsOf }: LabelScheme): ContainerLabels {
  const byIdentity = new WeakMap<ContainerIdentity, LabelSet>();
  const newest = new Map<string, LabelSet>();
  const cut = new WeakSet<ContainerIdentity>();

  return {
    keyOf,
    of(identity) {
      const known = byIdentity.get(identity);
      if (known !== undefined) return known;
      const { labels, isWhole } = labelsOf(identity);
      if (!isWhole) cut.add(identity);
      const made = labelSet(labels);
      const key = keyOf(identity);
      const last = newest.get(key);
      // A container that was inspected anew has a new identity object, but its series go on: outlets know series by their
      // set, and would end the old one and begin it again.
      const set = last !== undefined && areEqual(last, made) ? last : made;
      newest.set(key, set);
      byIdentity.set(identity, set);
      return set;
    },
    isCut: (identity) => cut.has(identity),
    keepOnly(present) {
      if (newest.size === present.size) return;
      for (const key of newest.keys()) if (!present.has(key)) newest.delete(key);
    },
  };
}

function areEqual(a: LabelSet, b: LabelSet): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
