import { pipeline } from "node:stream/promises";
import { setImmediate as turn } from "node:timers/promises";
import { createGzip } from "node:zlib";
import type { FamilyGroups } from "../families/ended-series.ts";
import { type PrometheusForm, prometheusPieces } from "../families/prometheus-text.ts";

/** As pushes are compressed (docs/decisions/0009). */
const GZIP_LEVEL = 3;
/** About a megabyte of text, some milliseconds: then others have their turn. */
const PIECES_A_TURN = 16;

/** The page's bytes. What a thousand containers say is some forty megabytes, which are never there as one text. */
export async function pageBody(groups: FamilyGroups, form: PrometheusForm, compress: boolean): Promise<Uint8Array> {
  return compress ? compressed(prometheusPieces(groups, form)) : plain(prometheusPieces(groups, form));
}

async function plain(pieces: Iterable<string>): Promise<Uint8Array> {
  const buffers: Buffer[] = [];
  for (const piece of pieces) {
    buffers.push(Buffer.from(piece));
    if (buffers.length % PIECES_A_TURN === 0) await turn();
  }
  return Buffer.concat(buffers);
}

async function compressed(pieces: Iterable<string>): Promise<Uint8Array> {
  const buffers: Buffer[] = [];
  await pipeline(pieces, createGzip({ level: GZIP_LEVEL }), async (packed: AsyncIterable<Buffer>) => {
    for await (const buffer of packed) buffers.push(buffer);
  });
  return Buffer.concat(buffers);
}
