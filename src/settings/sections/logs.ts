import * as z from "zod/mini";
import { choice, duration, filePath, flag, integer, size, text } from "../kinds.ts";
import { optional, setting } from "../setting.ts";
import { excludeSection, includeSection } from "./filter.ts";
import { logsOtlpSection } from "./logs-otlp.ts";

export const DEFAULT_MAX_FILE_BYTES = 10 * 1024 * 1024;
const DAY_MS = 24 * 3_600_000;
const GIB = 1024 ** 3;

const mode = text({ expected: 'an octal mode such as "0640"', pattern: /^0?[0-7]{3}$/ });

export const logsSection = z.strictObject({
  enabled: setting(flag(), {
    description:
      "Whether the containers' logs are written into files. Giving `logs.dir` turns it on, unless this says `false`.",
    example: true,
    default: false,
  }),
  dir: setting(filePath({ expected: "the path of a folder" }), {
    description: "The folder for them, with a folder in it for each container; made when it is not there.",
    example: "/logs",
    default: "/var/log/tallyman",
  }),
  format: setting(choice("cri", "json", "raw"), {
    description:
      "How a line is written: `cri` is Kubernetes' form, which Promtail, Fluent Bit, Vector and the Collector read; `json` is the form of Docker's json-file; `raw` is the bytes alone.",
    example: "json",
    default: "cri",
  }),
  maxFileSize: setting(size({ minBytes: 1024, maxBytes: 1024 * GIB }), {
    description:
      "A file is rotated before it would grow past this. No line is split; one that is longer alone has a file of its own.",
    example: "50MiB",
    default: DEFAULT_MAX_FILE_BYTES,
  }),
  maxFiles: setting(integer({ min: 1, max: 10_000 }), {
    description: "How many files a container has at most, the one that is written to included; the oldest go.",
    example: 5,
    default: 10,
  }),
  compress: setting(flag(), {
    description: "Whether rotated files are compressed with gzip.",
    example: true,
    default: false,
  }),
  maxTotalSize: optional(size({ minBytes: 64 * 1024, maxBytes: 1024 * 1024 * GIB }), {
    description:
      "What all files of the folder may take together; past it, the oldest rotated ones of all containers go.",
    example: "2GiB",
    otherwise: "as much as `maxFileSize` and `maxFiles` allow each container",
  }),
  keepRemoved: setting(duration({ minMs: 0, maxMs: 3650 * DAY_MS }), {
    description: "How long the files of a container are kept after the engine no longer has it.",
    example: "30d",
    default: 7 * DAY_MS,
  }),
  fileMode: setting(mode, {
    description: "Who may read and write the files, as `chmod` takes it.",
    example: "0644",
    default: "0640",
  }),
  folderMode: setting(mode, {
    description: "The same of the folders.",
    example: "0755",
    default: "0750",
  }),
  maxLineSize: setting(size({ minBytes: 1024, maxBytes: 64 * 1024 * 1024 }), {
    description:
      "A longer line is written in parts of this size, marked as such, none lost. It bounds the memory that an unfinished line takes.",
    example: "1MiB",
    default: 256 * 1024,
  }),
  levels: optional(filePath({ expected: "the path of a file" }), {
    description:
      "File with rules that tell the level of a line: by container, words or regular expressions. A mapping file of the “metrics and logs collector” works unchanged.",
    example: "/etc/tallyman/levels.json5",
    otherwise: "the level is read from the line itself: JSON, logfmt, syslog, klog and many more",
  }),
  collectedAtFile: optional(filePath({ expected: "the path of a file" }), {
    description:
      "A file that holds up to when all lines are written, in seconds since the Unix epoch, for health checks that look at it. It is replaced, so its folder must be writable.",
    example: "/tmp/last-logs-collected-at.txt",
    otherwise: "none",
  }),
  collectedAtInterval: setting(duration({ minMs: 1000, maxMs: DAY_MS }), {
    description: "How often that file is brought up to date. Lines are written as they come.",
    example: "5s",
    default: 5_000,
  }),
  include: includeSection(),
  exclude: excludeSection({ ownLabel: "tallyman.logs=false" }),
  otlp: logsOtlpSection,
});
