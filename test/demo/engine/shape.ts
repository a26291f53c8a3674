/**
 * The key paths of a reply: "State.Health.Status", "[].Names". Under the `maps`, whose keys are names and not fields, every
 * key is "*"; null says nothing about what else could be there.
 */
export function shapeOf(value: unknown, maps: readonly string[] = [], path = ""): string[] {
  if (Array.isArray(value))
    return unique(
      value.flatMap((entry) => shapeOf(entry, maps, `${path}[]`)),
      path,
    );
  if (value === null || typeof value !== "object") return [path];
  const isMap = maps.includes(path);
  return unique(
    Object.entries(value).flatMap(([key, inner]) => shapeOf(inner, maps, `${path}${path && "."}${isMap ? "*" : key}`)),
    path,
  );
}

function unique(paths: string[], self: string): string[] {
  return [...new Set(paths.length === 0 ? [self] : paths)].sort();
}
