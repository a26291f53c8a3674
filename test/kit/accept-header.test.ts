import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptedRanges, acceptsCoding } from "../../src/kit/accept-header.ts";

test("a header is a list of names, each with parameters and a quality", () => {
  const [first, second] = acceptedRanges('Text/Plain; Version="0.0.4";q=0.5, */*');
  assert.deepEqual(first, {
    name: "text/plain",
    quality: 0.5,
    parameters: new Map([
      ["version", "0.0.4"],
      ["q", "0.5"],
    ]),
  });
  assert.deepEqual(second, { name: "*/*", quality: 1, parameters: new Map() });
});

test("a quality that is none is not at all", () => {
  for (const quality of ["high", "2", "-1"]) assert.equal(acceptedRanges(`a;q=${quality}`)[0]?.quality, 0);
});

test("a coding is for those who take it", () => {
  for (const header of ["gzip", "deflate, GZIP;q=0.5", "br, *"]) assert.ok(acceptsCoding(header, "gzip"), header);
  for (const header of [undefined, "", "identity", "gzip;q=0", "*, gzip;q=0", "br"]) {
    assert.ok(!acceptsCoding(header, "gzip"), header);
  }
});
