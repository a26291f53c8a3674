import * as z from "zod/mini";
import { record, text } from "../kinds.ts";
import { optional, setting } from "../setting.ts";

export const resourceSection = z.strictObject({
  serviceName: setting(text(), {
    description: "The resource attribute `service.name`; Prometheus' label `job`.",
    example: "tallyman",
    default: "tallyman",
  }),
  instanceId: optional(text(), {
    description:
      "The resource attribute `service.instance.id`; Prometheus' label `instance`. It must differ between hosts.",
    example: "host-17",
    otherwise: "the engine's host name",
  }),
  attributes: setting(
    record({ of: "an attribute's name", names: /\S/, example: { "deployment.environment.name": "production" } }),
    {
      description: "Further resource attributes. Prometheus keeps them in `target_info`.",
      example: { "deployment.environment.name": "production" },
      default: {},
    },
  ),
});
