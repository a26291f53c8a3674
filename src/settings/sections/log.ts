import * as z from "zod/mini";
import { choice } from "../kinds.ts";
import { setting } from "../setting.ts";

export const logSection = z.strictObject({
  level: setting(choice("silent", "error", "warn", "info", "debug"), {
    description: "How much the agent tells of itself, on standard error.",
    example: "debug",
    default: "info",
  }),
  format: setting(choice("auto", "text", "json"), {
    description: "How it is written; `auto` is text on a terminal and JSON otherwise.",
    example: "json",
    default: "auto",
  }),
});
