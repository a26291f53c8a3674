const NAME = "[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}";

/** Everything that Tallyman ever asks of an engine. */
const PATHS = [
  "/_ping",
  "/version",
  "/info",
  "/events",
  "/containers/json",
  `/containers/${NAME}/(?:json|stats|top|logs)`,
];

const READING = new RegExp(`^(?:/v\\d{1,2}\\.\\d{1,3})?(?:${PATHS.join("|")})(?:\\?[\\w.~%!'()*&=-]*)?$`);
const CONTAINER = new RegExp(`^${NAME}$`);

/**
 * Whether a request only reads and is on the list: an engine's socket is root on its machine, so what may leave for it is
 * decided in one place, and everything else is refused before a byte is sent.
 */
export function isReadingRequest({ method, path }: { method: string; path: string }): boolean {
  return (method === "GET" || method === "HEAD") && READING.test(path);
}

/** Whether the text can be a container's id or name, and nothing that would lead to another path. */
export function isContainerReference(text: unknown): text is string {
  return typeof text === "string" && CONTAINER.test(text);
}
