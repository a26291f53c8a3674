import { request } from "node:http";
import type { LogStream } from "../../../src/logs/log-line.ts";
import type { KeptLines } from "../../faults/logs/kept-lines.ts";

/** All lines of a container that the engine has, one byte a character, read by nothing of ours. */
export async function engineLog(socketPath: string, container: string): Promise<KeptLines> {
  const body = await read(socketPath, `/containers/${container}/logs?stdout=1&stderr=1&timestamps=1`);
  const lines: KeptLines = { stdout: [], stderr: [] };
  const begun: Record<LogStream, { time: string; text: string } | undefined> = { stdout: undefined, stderr: undefined };
  function end(stream: LogStream) {
    const line = begun[stream];
    if (line) lines[stream].push(line.text);
    begun[stream] = undefined;
  }
  for (const { stream, time, text } of piecesOf(body)) {
    // A line without an end is over where a piece of another time follows: its container died, or its engine.
    if (begun[stream]?.time !== time) end(stream);
    begun[stream] = { time, text: (begun[stream]?.text ?? "") + text.replace(/\n$/, "") };
    if (text.endsWith("\n")) end(stream);
  }
  end("stdout");
  end("stderr");
  return lines;
}

function* piecesOf(body: Buffer): Generator<{ stream: LogStream; time: string; text: string }> {
  for (let at = 0; at < body.length; at += 8 + body.readUInt32BE(at + 4)) {
    const text = body.toString("latin1", at + 8, at + 8 + body.readUInt32BE(at + 4));
    yield { stream: body[at] === 2 ? "stderr" : "stdout", time: text.slice(0, 30), text: text.slice(31) };
  }
}

function read(socketPath: string, path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve(Buffer.concat(chunks)));
    });
    asked.on("error", reject);
    asked.end();
  });
}
