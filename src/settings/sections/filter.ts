import * as z from "zod/mini";
import { list } from "../kinds.ts";
import { setting } from "../setting.ts";

const globs = list({ of: "a glob", example: "web-*" });

/** Which containers to take. */
export function includeSection() {
  return z.strictObject({
    names: setting(globs, {
      description: "Globs on a container's name; empty: every name.",
      example: ["web-*", "db"],
      default: [],
    }),
    images: setting(globs, {
      description: "Globs on the image as the container's creator typed it; empty: every image.",
      example: ["registry.example/team/*"],
      default: [],
    }),
    labels: setting(globs, {
      description: "Globs on a label, `name` or `name=value`; empty: with or without labels.",
      example: ["com.docker.compose.project=shop"],
      default: [],
    }),
  });
}

/** Which to leave out of them; `ownLabel` is the label by which a container itself says so. */
export function excludeSection({ ownLabel }: { ownLabel: string }) {
  return z.strictObject({
    names: setting(globs, {
      description: "Globs on names to leave out. Excluding wins over including.",
      example: ["*-tmp"],
      default: [],
    }),
    images: setting(globs, {
      description: "Globs on images to leave out.",
      example: ["busybox:*"],
      default: [],
    }),
    labels: setting(globs, {
      description: `Globs on labels, \`name\` or \`name=value\`, to leave out. A container's own label \`${ownLabel}\` does so without any setting.`,
      example: ["com.docker.compose.oneoff=True"],
      default: [],
    }),
  });
}
