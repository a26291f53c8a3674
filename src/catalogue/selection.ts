import { GROUPS, type Group } from "./groups.ts";

export interface SelectionOptions {
  /** Groups that are not named are as in `GROUPS`. */
  readonly groups?: Readonly<{ [Name in Group]?: boolean | undefined }> | undefined;
  /** Exact names of metrics that are on whatever their group is. */
  readonly enable?: readonly string[] | undefined;
  /** Exact names of metrics that are off, before all else. */
  readonly disable?: readonly string[] | undefined;
}

type Selectable = { readonly name: string; readonly group: Group };

export function selectRows<Row extends Selectable>(rows: readonly Row[], options: SelectionOptions): Row[] {
  const { groups = {}, enable = [], disable = [] } = options;
  return rows.filter(
    ({ name, group }) => !disable.includes(name) && (enable.includes(name) || (groups[group] ?? GROUPS[group].on)),
  );
}
