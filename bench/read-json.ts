import { get } from "node:http";

/** A GET of an engine and its parsed reply, and nothing else: what a floor is made of. */
export function readJson(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      response.on("error", reject);
    }).on("error", reject);
  });
}
