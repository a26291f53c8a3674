import type { LogReply } from "../../engine/engine.ts";

/** Closes an answer that nobody wants any more, as soon as it is there. */
export function letGo(reply: Promise<LogReply> | undefined): void {
  void reply?.then(
    ({ body }) => body.destroy(),
    () => undefined,
  );
}
