import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { recordKey } from "../files/line-formats.ts";
import { lastLineEnd, scanBack } from "../files/scan-back.ts";
import type { KeptContainer } from "./kept-containers.ts";

/** Between the streams times may go back a little, so that the last line need not be the newest. */
const LOOK_BACK_LINES = 16;

/** The time of a container's newest line, as far as it can be told without unpacking files. */
export async function newestTime({ files, checkpoint }: KeptContainer): Promise<string | undefined> {
  const held = checkpoint?.held;
  const times = [held?.stdout?.newest ?? "", held?.stderr?.newest ?? ""];
  const last = files.findLast(({ bytes, isCompressed }) => bytes > 0 && !isCompressed);
  if (last !== undefined && checkpoint?.format !== "raw") times.push(...(await lastTimes(last.path).catch(() => [])));
  return times.sort().at(-1) || undefined;
}

async function lastTimes(path: string): Promise<string[]> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const read = async (offset: number, bytes: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, offset);
      return buffer.subarray(0, bytesRead);
    };
    const times: string[] = [];
    let looked = 0;
    await scanBack(read, { start: 0, end: await lastLineEnd(read, (await handle.stat()).size) }, (line) => {
      const key = recordKey(line);
      if (key) times.push(key.time);
      return ++looked < LOOK_BACK_LINES ? "more" : "enough";
    });
    return times;
  } finally {
    await handle.close();
  }
}
