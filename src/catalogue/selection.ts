import { GROUPS, type Group } from "./groups.ts";
import { DEFAULT_PROFILES, type Profile } from "./profiles.ts";
import type { ContainerRow, SweepRow } from "./row.ts";
import { PROFILE_ROWS } from "./rows.ts";

export interface SelectionOptions {
  /** `DEFAULT_PROFILES`, if not given. */
  readonly profiles?: readonly Profile[] | undefined;
  /** Groups that are not named are as in `GROUPS`. */
  readonly groups?: Readonly<{ [Name in Group]?: boolean | undefined }> | undefined;
  /** Exact names of metrics that are on whatever their group is. */
  readonly enable?: readonly string[] | undefined;
  /** Exact names of metrics that are off, before all else. */
  readonly disable?: readonly string[] | undefined;
}

export interface Selection {
  readonly sweep: readonly SweepRow[];
  readonly containers: readonly SelectedRow[];
}

export interface SelectedRow {
  readonly row: ContainerRow;
  /** Which of the profiles it is of, by their place in the options: with the labels of each it has series. */
  readonly profiles: readonly number[];
}

export function selectProfileRows(options: SelectionOptions): Selection {
  const sweep = new Set<SweepRow>();
  const containers = new Map<ContainerRow, number[]>();
  for (const [place, profile] of (options.profiles ?? DEFAULT_PROFILES).entries()) {
    const rows = PROFILE_ROWS[profile];
    for (const row of selectRows(rows.sweep, options)) sweep.add(row);
    for (const row of selectRows(rows.containers, options)) {
      const places = containers.get(row);
      if (places === undefined) containers.set(row, [place]);
      else places.push(place);
    }
  }
  return { sweep: [...sweep], containers: [...containers].map(([row, profiles]) => ({ row, profiles })) };
}

type Selectable = { readonly name: string; readonly group: Group };

export function selectRows<Row extends Selectable>(rows: readonly Row[], options: SelectionOptions): Row[] {
  const { groups = {}, enable = [], disable = [] } = options;
  return rows.filter(
    ({ name, group }) => !disable.includes(name) && (enable.includes(name) || (groups[group] ?? GROUPS[group].on)),
  );
}
