import * as z from "zod/mini";
import { duration, flag, record, text } from "../kinds.ts";
import { optional, setting } from "../setting.ts";
import { loginSettings } from "./login.ts";
import { tlsSection } from "./tls.ts";

const DAY_MS = 86_400_000;
/** HOST:PORT with IPv6 hosts in brackets, or a URL without credentials, query and fragment. */
const ADDRESS = /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$|^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/;

export const pushgatewaySection = z.strictObject({
  address: optional(
    text({ pattern: ADDRESS, expected: '"HOST:PORT" or a URL such as "http://pushgateway:9091", without credentials' }),
    {
      description:
        "Pushgateway that the metrics are pushed to, beside what else is pushed. Scrape it with `honor_labels: true`.",
      example: "pushgateway:9091",
      otherwise: "none: nothing is pushed there",
    },
  ),
  job: setting(text({ expected: "a text that is not empty" }), {
    description: "The group's label `job`.",
    example: "tallyman",
    default: "tallyman",
  }),
  groupingKey: setting(
    record({
      of: "a label's name",
      names: /^(?!__)(?!job$)[a-zA-Z_][a-zA-Z0-9_]*$/,
      example: { instance: "host-17" },
    }),
    {
      description:
        "The group's other labels. `instance` is there unless it is given as empty: as `resource.instanceId`, else the engine's host name. Each push replaces its whole group, so it must differ between agents.",
      example: { instance: "host-17", site: "north" },
      default: {},
    },
  ),
  interval: setting(duration({ minMs: 100, maxMs: DAY_MS }), {
    description: "Time between two pushes.",
    example: "30s",
    default: 15_000,
  }),
  timeout: setting(duration({ minMs: 100, maxMs: DAY_MS }), {
    description: "How long a push may take; at most the interval.",
    example: "5s",
    default: 10_000,
  }),
  deleteOnExit: setting(flag(), {
    description:
      "Whether a clean stop removes the group, so that nobody takes its last numbers for new ones. Otherwise it pushes once more, and the Pushgateway keeps that for ever.",
    example: true,
    default: false,
  }),
  ...loginSettings({
    username: {
      description: "Name for basic authentication, with `password` or `passwordFile`.",
      example: "tallyman",
    },
    bearerToken: "Sent as `Authorization: Bearer …`; `username` goes before it.",
    filesAre: "read at each push",
    filesOf: "pushgateway",
  }),
  tls: tlsSection("the Pushgateway"),
});
