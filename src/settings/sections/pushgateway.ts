import * as z from "zod/mini";
import { duration, filePath, flag, record, text } from "../kinds.ts";
import { optional, setting } from "../setting.ts";
import { tlsSection } from "./tls.ts";

const DAY_MS = 86_400_000;
/** HOST:PORT with IPv6 hosts in brackets, or a URL without credentials, query and fragment. */
const ADDRESS = /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$|^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/;
const secretText = text({ expected: "a text without line breaks", pattern: /^[^\r\n\0]+$/ });
const file = filePath({ expected: "the path of a file" });

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
  username: optional(text({ expected: "a name without colons", pattern: /^[^\r\n\0:]+$/ }), {
    description: "Name for basic authentication, with `password` or `passwordFile`.",
    example: "tallyman",
    otherwise: "none",
  }),
  password: optional(secretText, {
    description: "Password of `username`.",
    example: "a-password",
    otherwise: "none",
    secret: true,
  }),
  passwordFile: optional(file, {
    description: "File that holds the password; read at each push.",
    example: "/run/secrets/pushgateway-password",
    otherwise: "none",
  }),
  bearerToken: optional(secretText, {
    description: "Sent as `Authorization: Bearer …`; `username` goes before it.",
    example: "a-token",
    otherwise: "none",
    secret: true,
  }),
  bearerTokenFile: optional(file, {
    description: "File that holds the bearer token; read at each push.",
    example: "/run/secrets/pushgateway-token",
    otherwise: "none",
  }),
  tls: tlsSection("the Pushgateway"),
});
