import * as z from "zod/mini";
import { duration, integer, integerOr, text } from "../kinds.ts";
import { optional, setting } from "../setting.ts";
import { tlsSection } from "./tls.ts";

/** As the engine's room reads it: unix://, npipe://, tcp://, http(s)://, an absolute path, a Windows pipe; not ssh://. */
const ENGINE_ADDRESS = /^(unix|npipe|tcp|https?):\/*[^\s/]|^[/\\]{1,2}[^\s/\\]/;

export const engineSection = z.strictObject({
  address: optional(
    text({
      pattern: ENGINE_ADDRESS,
      expected:
        'an address such as "unix:///var/run/docker.sock", a socket\'s path, "npipe:////./pipe/docker_engine", "tcp://host:2375" or "https://host:2376"',
    }),
    {
      description:
        "Where the Docker Engine (or Podman's Docker API) listens: `unix:///path` or a bare path, `npipe:////./pipe/name`, `tcp://host:port`, `http(s)://host:port`.",
      example: "unix:///var/run/docker.sock",
      otherwise:
        "the platform's own: `/var/run/docker.sock`, else a rootless, Docker Desktop or Podman socket that exists; on Windows `npipe:////./pipe/docker_engine`",
    },
  ),
  tls: tlsSection("the engine"),
  requestTimeout: setting(duration({ minMs: 100, maxMs: 600_000 }), {
    description: "How long a list, an inspect or another short request to the engine may take in all.",
    example: "10s",
    default: 10_000,
  }),
  statsTimeout: setting(duration({ minMs: 100, maxMs: 600_000 }), {
    description:
      "How long one container's numbers may take; the others do not wait for it. Engines before 25 need a second each.",
    example: "10s",
    default: 10_000,
  }),
  concurrency: setting(integerOr("auto", { min: 1, max: 1000 }), {
    description: "How many containers are read at once. `auto` follows the engine's version.",
    example: 8,
    default: "auto",
  }),
  maxContainers: setting(integer({ min: 1, max: 1_000_000 }), {
    description: "More containers than this are left out, and counted.",
    example: 10_000,
    default: 10_000,
  }),
});
