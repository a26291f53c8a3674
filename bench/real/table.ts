export type Row = Readonly<Record<string, string | number | undefined>>;

/** Columns are of the first row that has them; what a row lacks is a dash. */
export function table(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [columns, ...rows.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)));
  return `${cells.map((line) => line.map((text, i) => aligned(text, widths[i] ?? 0, i)).join("  ")).join("\n")}\n`;
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return "–";
  return typeof value === "number" ? String(Number(value.toPrecision(3))) : value;
}

function aligned(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}
