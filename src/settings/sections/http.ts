import * as z from "zod/mini";
import { duration, filePath, flag, integer, text } from "../kinds.ts";
import { optional, setting } from "../setting.ts";
import { loginSettings } from "./login.ts";

export const DEFAULT_HTTP_LISTEN = "127.0.0.1:9103";

/** HOST:PORT with IPv6 hosts in brackets, :PORT, PORT, unix:/path, off. */
const LISTEN = /^(off|(([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+(%[\w.-]+)?\])?:)?\d{1,5}|unix:(\/\/)?\/[^\r\n\0]*[^\s/\0])$/;
const pem = filePath({ expected: "the path of a PEM file" });

export const httpSection = z.strictObject({
  enabled: setting(flag(), {
    description: "Whether the agent listens for Prometheus, health checks and browsers.",
    example: false,
    default: true,
  }),
  listen: setting(
    text({
      pattern: LISTEN,
      expected: '"HOST:PORT", "[::1]:9103", ":9103" or "9103" (all interfaces), "unix:/path" or "off"',
    }),
    {
      description:
        "Where it listens: `HOST:PORT`; `:PORT` or `PORT` for all interfaces; `unix:/path`; `off`. The image listens on all interfaces unless this is set.",
      example: ":9103",
      default: DEFAULT_HTTP_LISTEN,
    },
  ),
  maxAge: setting(duration({ minMs: 0, maxMs: 600_000 }), {
    description: "A sweep that is at most so old answers a scrape; an older one is done anew.",
    example: "5s",
    default: 5_000,
  }),
  tls: z.strictObject({
    cert: optional(pem, {
      description:
        "File with the door's certificate, and those between it and its authority: it then speaks HTTPS alone. With `key`; read again when it changes.",
      example: "/run/secrets/door.pem",
      otherwise: "none: plain HTTP",
    }),
    key: optional(pem, {
      description: "File with the key of `cert`.",
      example: "/run/secrets/door.key",
      otherwise: "none",
    }),
  }),
  ...loginSettings({
    username: {
      description:
        "Name for basic authentication, with `password` or `passwordFile`. Who shows neither this nor the bearer token gets 401, but on `/healthz`.",
      example: "prometheus",
    },
    bearerToken: "Whoever shows it, as `Authorization: Bearer …`, may read.",
    filesAre: "read again when it changes",
    filesOf: "door",
  }),
  maxConnections: setting(integer({ min: 1, max: 10_000 }), {
    description: "Connections at once, and requests at once. More are refused, and counted.",
    example: 256,
    default: 256,
  }),
  page: z.strictObject({
    enabled: setting(flag(), {
      description: "Whether `/` answers a browser with the page of what the containers do.",
      example: false,
      default: true,
    }),
    history: setting(duration({ minMs: 0, maxMs: 24 * 3_600_000 }), {
      description:
        "How far back the page's charts go, in 240 moments; 6 KiB of memory for each container. `0` keeps nothing.",
      example: "6h",
      default: 3_600_000,
    }),
  }),
});
