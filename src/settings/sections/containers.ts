import * as z from "zod/mini";
import { excludeSection, includeSection } from "./filter.ts";

export const containersSection = z.strictObject({
  include: includeSection(),
  exclude: excludeSection({ ownLabel: "tallyman.enable=false" }),
});
