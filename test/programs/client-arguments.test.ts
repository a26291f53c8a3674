import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { firstForbidden, readClientQuery } from "../../src/programs/client-arguments.ts";

describe("a query is the program's arguments", () => {
  const cases: Record<string, string[]> = {
    "": [],
    "--target=core-sw01&--verbose": ["--target=core-sw01", "--verbose"],
    "core-sw01": ["core-sw01"],
    "--b=1&--a=2&--b=1": ["--b=1", "--a=2", "--b=1"],
    "--filter=a=b==c": ["--filter=a=b==c"],
    "--label=": ["--label="],
    "--name=two%20words&--name=two+words&--name=a%2Bb": ["--name=two words", "--name=two words", "--name=a+b"],
    "--target%3Dx": ["--target=x"],
    "--and=a%26b%3Dc": ["--and=a&b=c"],
    "%24(id)&%60id%60&--x=%22%27%5C&--nl=a%0Ab": ["$(id)", "`id`", "--x=\"'\\", "--nl=a\nb"],
    "&&--x&": ["--x"],
    "--debug&debugger": ["--debug", "debugger"],
    "%F0%9F%90%8B": ["🐋"],
  };
  for (const [query, expected] of Object.entries(cases)) {
    test(query || "(empty)", () => assert.deepEqual(readClientQuery(query), { arguments: expected, debug: false }));
  }

  for (const query of ["debug", "debug=", "--x&debug&--y", "--x&--y&debug="]) {
    test(`${query} asks for how the run went, which is no argument`, () => {
      const expected = query.split("&").filter((part) => part.startsWith("--"));
      assert.deepEqual(readClientQuery(query), { arguments: expected, debug: true });
    });
  }

  for (const query of ["--x=%", "--x=%zz", "%ff", "--x=%00", "a%00b"]) {
    test(`${query} is refused`, () => assert.equal(readClientQuery(query), undefined));
  }
});

describe("a client may pass", () => {
  const cases: [allowed: string[], given: string[], forbidden: string | undefined][] = [
    [[], [], undefined],
    [[], ["--x"], "--x"],
    [["*"], ["--x", "any thing", ""], undefined],
    [["--target", "--verbose"], ["--target=core-sw01", "--verbose", "--target"], undefined],
    [["--target"], ["--targets=x"], "--targets=x"],
    [["--target=*"], ["--target=core=1", "--target="], undefined],
    [["--target=*"], ["--target"], "--target"],
    [["--target=core-*", "--mode=fast"], ["--target=core-1", "--mode=slow"], "--mode=slow"],
    [["--target=*-sw*"], ["--target=core-sw01", "--target=core"], "--target=core"],
    [["*a*a*"], ["aa", "xaxax", "a"], "a"],
    [["--x=.*"], ["--x=.1", "--x=1"], "--x=1"],
    [["a*a"], ["aa", "a"], "a"],
    [["--x=a*b"], ["--x=a\nb", "--x=b"], "--x=b"],
  ];
  for (const [allowed, given, forbidden] of cases) {
    test(`${JSON.stringify(given)} where ${JSON.stringify(allowed)} is allowed: ${forbidden ?? "all"}`, () => {
      assert.equal(firstForbidden(given, allowed), forbidden);
    });
  }

  test("however many stars an argument is held against", () => {
    assert.equal(firstForbidden(["a".repeat(4000)], [`${"*a".repeat(50)}*b`]), "a".repeat(4000));
  });
});
