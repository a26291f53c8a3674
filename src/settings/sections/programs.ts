import * as z from "zod/mini";
import { duration, filePath, integer, list, objects, record, size, text } from "../kinds.ts";
import { optional, setting } from "../setting.ts";

export const DEFAULT_PROGRAM_TIME_LIMIT_MS = 10_000;
const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

const timeLimit = duration({ minMs: 100, maxMs: 3_600_000 });
const clientArguments = list({ of: "an argument, or a glob on one", example: "--target=*", pattern: /^[^\0]+$/ });

const programFields = z.strictObject({
  command: optional(
    text({
      expected: 'an absolute path such as "/usr/lib/tallyman/dummy", or a name that PATH knows',
      pattern: /^(?:\/|[A-Za-z]:[\\/]|\\\\)[^\0]*[^/\\\0]$|^[^/\\\0]*[^/\\\0\s][^/\\\0]*$/,
    }),
    {
      description: "What is started, without a shell.",
      example: "/usr/lib/tallyman/dummy",
      otherwise: "the executable of this name in `programs.folder`",
    },
  ),
  arguments: optional(list({ of: "an argument", example: "--verbose", pattern: /^[^\0]*$/ }), {
    description: "Arguments that it always gets, before those of a client. They stay as they are, spaces and all.",
    example: ["--community", "public"],
    otherwise: "none",
  }),
  environment: optional(record({ of: "a variable's name", names: /^[^=\0]+$/, example: { COMMUNITY: "public" } }), {
    description: "Variables beside those that it gets of the agent's own, which are all but the agent's settings.",
    example: { COMMUNITY: "public" },
    otherwise: "none",
    secret: true,
  }),
  workingFolder: optional(filePath({ expected: "the path of a folder" }), {
    description: "The folder that it is started in.",
    example: "/var/lib/programs",
    otherwise: "the agent's own",
  }),
  timeLimit: optional(timeLimit, {
    description: "How long it may take.",
    example: "5s",
    otherwise: "`programs.timeLimit`",
  }),
  clientArguments: optional(clientArguments, {
    description: "Which arguments a client may pass.",
    example: ["--target=*", "--verbose"],
    otherwise: "`programs.clientArguments`",
  }),
  interval: optional(duration({ minMs: 1000, maxMs: DAY_MS }), {
    description: "How often it is run by itself, so that its metrics are among the agent's own.",
    example: "1m",
    otherwise: "it runs when a client asks",
  }),
});

export const programsSection = z.strictObject({
  list: optional(
    objects({
      of: 'a program\'s name, such as "dummy": letters, digits, ".", "_" and "-"',
      names: /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
      fields: programFields,
    }),
    {
      description: "Programs that write metrics, by the name under which `/metrics/<name>` runs them.",
      example: { dummy: { command: "/usr/lib/tallyman/dummy", clientArguments: ["--target=*"], interval: "1m" } },
      otherwise: "none",
    },
  ),
  folder: optional(filePath({ expected: "the path of a folder" }), {
    description:
      "A folder of executables, each of which is a program of its file's name. What others may write to is refused.",
    example: "/etc/tallyman/programs",
    otherwise: "none",
  }),
  clientArguments: setting(clientArguments, {
    description:
      "Which arguments a client may pass: each item an argument, with stars for any text; `--target` allows `--target=…` too, `*` everything. Empty: none.",
    example: ["--target=*"],
    default: [],
  }),
  workers: setting(integer({ min: 1, max: 1000 }), {
    description: "How many programs run at once.",
    example: 4,
    default: 2,
  }),
  queue: setting(integer({ min: 0, max: 10_000 }), {
    description: "How many requests may wait for that; further ones get 503.",
    example: 50,
    default: 20,
  }),
  timeLimit: setting(timeLimit, {
    description: "How long a program may take.",
    example: "30s",
    default: DEFAULT_PROGRAM_TIME_LIMIT_MS,
  }),
  stopTime: setting(duration({ minMs: 0, maxMs: 60_000 }), {
    description: "How long after SIGTERM one that is to end is killed, with all processes of its group.",
    example: "500ms",
    default: 2_000,
  }),
  maxOutputSize: setting(size({ minBytes: 0, maxBytes: 64 * MIB }), {
    description:
      "How much a program may print on standard output, and on standard error. One that prints more is ended.",
    example: "64KiB",
    default: MIB,
  }),
  maxMetricsSize: setting(size({ minBytes: 1024, maxBytes: 256 * MIB }), {
    description: "How large the file of metrics may be that a program writes.",
    example: "1MiB",
    default: 8 * MIB,
  }),
});
