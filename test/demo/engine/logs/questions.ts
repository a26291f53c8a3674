import type { LogStream } from "../../../../src/logs/log-line.ts";

/** What a container of the recordings prints, one after the other with a pause between. */
export interface Print {
  readonly stream: LogStream;
  /** One byte a character; `times` of it. */
  readonly text: string;
  readonly times?: number;
}

export interface RecordedContainer {
  readonly logDriver: "json-file" | "local" | "none";
  readonly tty: boolean;
  readonly prints: readonly Print[];
  /** What is asked of GET /containers/{id}/logs; "{3}" is the time of the entry at index 3 as since and until take it. */
  readonly questions: readonly string[];
}

const ALL = "stdout=1&stderr=1&timestamps=1";

const PRINTS: readonly Print[] = [
  { stream: "stdout", text: "one\n" },
  { stream: "stderr", text: "two\n" },
  { stream: "stdout", text: "\n" },
  { stream: "stdout", text: "a", times: 40_000 },
  { stream: "stdout", text: " end of a\n" },
  { stream: "stderr", text: "b", times: 16_384 },
  { stream: "stderr", text: "\n" },
  { stream: "stdout", text: "c", times: 16_383 },
  { stream: "stdout", text: "\nafter c\n" },
  { stream: "stderr", text: "\x00\x1b[31mred\x1b[0m \xff\xfe \xe2\x82 \xe2\x82\xac \xf0\x9f\x98 \xed\xa0\x80\r\n" },
  { stream: "stdout", text: "carriage\rreturn\r\n" },
  { stream: "stdout", text: "half of " },
  { stream: "stderr", text: "between\n" },
  { stream: "stdout", text: "a line\n" },
  { stream: "stdout", text: "the last has no newline" },
];

const QUESTIONS: readonly string[] = [
  ALL,
  "stdout=1&stderr=1",
  "stdout=1&timestamps=1",
  "stderr=1&timestamps=1",
  "timestamps=1",
  "",
  "stdout=0&stderr=0",
  `${ALL}&follow=1`,
  `${ALL}&tail=0`,
  `${ALL}&tail=1`,
  `${ALL}&tail=4`,
  `${ALL}&tail=7`,
  `${ALL}&tail=1000`,
  `${ALL}&tail=all`,
  `${ALL}&tail=-1`,
  `${ALL}&tail=many`,
  `${ALL}&tail=`,
  "stderr=1&timestamps=1&tail=4",
  `${ALL}&since={1}`,
  `${ALL}&since={1+1}`,
  `${ALL}&since={4}`,
  `${ALL}&since={5+1}`,
  `${ALL}&since=0`,
  `${ALL}&since=4102444800`,
  `${ALL}&until={1}`,
  `${ALL}&until={1-1}`,
  `${ALL}&until={4}`,
  `${ALL}&until=0`,
  `${ALL}&since={1}&until={2}`,
  `${ALL}&since={2}&until={1}`,
  `${ALL}&since={2}&tail=3`,
  `${ALL}&since={13}&tail=7`,
  `${ALL}&until={5}&tail=4`,
  `${ALL}&since=2026-11-21T05:00:00Z`,
  `${ALL}&since=soon`,
  `${ALL}&until=soon`,
];

export const RECORDED: Readonly<Record<string, RecordedContainer>> = {
  frames: { logDriver: "json-file", tty: false, prints: PRINTS, questions: QUESTIONS },
  local: { logDriver: "local", tty: false, prints: PRINTS, questions: [ALL, `${ALL}&tail=4`, `${ALL}&since={4}`] },
  terminal: {
    logDriver: "json-file",
    tty: true,
    prints: PRINTS.map(({ text, ...print }) => ({ ...print, text: text.replace("\r\n", "\n") })),
    questions: [
      ALL,
      "stdout=1&stderr=1",
      "stderr=1&timestamps=1",
      `${ALL}&tail=4`,
      `${ALL}&since={4}`,
      `${ALL}&follow=1`,
    ],
  },
  none: {
    logDriver: "none",
    tty: false,
    prints: [{ stream: "stdout", text: "unread\n" }],
    questions: [ALL, `${ALL}&follow=1`],
  },
};
