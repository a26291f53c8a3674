/**
 * A set of labels (OTel: attributes) of a point. Immutable, and made once for as long as it does not change: writers key
 * caches of its encoded bytes by its identity, and two points are of the same series when family and label set are the
 * same objects.
 */
export type LabelSet = Readonly<Record<string, string>>;

export const NO_LABELS: LabelSet = Object.freeze({});

/** Freezes a copy of `labels`, without those whose value is empty: Prometheus' data model calls them absent. */
export function labelSet(labels: Record<string, string>): LabelSet {
  return Object.freeze(Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== "")));
}

/** How a label set was made by `extendLabelSet`: an encoder may then reuse the bytes of `base`. */
export interface LabelSetParts {
  readonly base: LabelSet;
  readonly extra: readonly string[];
}

interface Node {
  set?: LabelSet;
  readonly next: Map<string, Node>;
}

/** Far more than any container has interfaces or devices; beyond it, names that come and go would pile up. */
const MAX_EXTENSIONS = 10_000;
const extensions = new WeakMap<LabelSet, Node>();
const parts = new WeakMap<LabelSet, LabelSetParts>();

/**
 * `base` with further labels, given as name, value, name, value … The same arguments give the same object for as long
 * as `base` lives, so series keep their identity from sweep to sweep.
 */
export function extendLabelSet(base: LabelSet, ...extra: readonly string[]): LabelSet {
  if (extra.length === 0) return base;
  let node: Node = extensions.get(base) ?? { next: new Map() };
  extensions.set(base, node);
  for (const text of extra) {
    const child: Node = node.next.get(text) ?? { next: new Map() };
    if (node.next.size > MAX_EXTENSIONS) node.next.clear();
    node.next.set(text, child);
    node = child;
  }
  node.set ??= extended(base, extra);
  return node.set;
}

/** The parts that `extendLabelSet` made the set of, or nothing for one that was made whole. */
export function partsOf(set: LabelSet): LabelSetParts | undefined {
  return parts.get(set);
}

function extended(base: LabelSet, extra: readonly string[]): LabelSet {
  const labels: Record<string, string> = { ...base };
  for (let i = 0; i + 1 < extra.length; i += 2) {
    const name = extra[i] as string;
    const value = extra[i + 1] as string;
    if (value !== "") labels[name] = value;
  }
  const set = Object.freeze(labels);
  // A label that replaces one of the base can't be written after the base's bytes.
  if (extra.every((name, i) => i % 2 === 1 || !(name in base))) parts.set(set, { base, extra });
  return set;
}
