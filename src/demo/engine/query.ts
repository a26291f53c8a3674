/** As Go's server reads a boolean of a query: anything but these is true. */
export function isTrue(text: string | null): boolean {
  return !["", "0", "no", "false", "none"].includes((text ?? "").trim().toLowerCase());
}
