import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { DoorRequest } from "../../src/http/route.ts";
import { eventually } from "../support/eventually.ts";
import { type OpenedDoor, openedDoor, request, sendRaw, statusIn, textRoute } from "./opened-door.ts";

const LONG = "x".repeat(5000);

describe("the door", () => {
  const asked: DoorRequest[] = [];
  let opened: OpenedDoor;
  before(async () => {
    const routes = [
      textRoute("/metrics"),
      {
        path: "/metrics/",
        async answer(request: DoorRequest) {
          asked.push(request);
          return { status: 200, body: request.path };
        },
      },
      textRoute("/page", "<p>hello", { "Content-Type": "text/html; charset=utf-8" }),
      textRoute("/long", LONG, { "content-type": "application/json" }),
      textRoute("/", "root"),
      {
        path: "/broken",
        answer: async () => {
          throw new Error("out of order");
        },
      },
    ];
    opened = await openedDoor(routes);
  });
  after(() => opened.door.close());
  const status = async (line: string, ...headers: string[]) =>
    statusIn(await sendRaw(opened.port, request(line, ...headers)));
  const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, opened.url), { headers });

  test("answers what a route answers, at its exact path and, where that ends in a slash, beneath it", async () => {
    assert.equal(await (await get("/metrics")).text(), "hello\n");
    assert.equal(await (await get("/metrics/snmp%20core")).text(), "/metrics/snmp core");
    assert.equal(await (await get("/metrics/a/b")).text(), "/metrics/a/b");
    assert.equal(await (await get("/")).text(), "root");
  });

  test("hands the query on as it came", async () => {
    await get("/metrics/snmp?--target=a%20b&&--verbose=&x=?");
    assert.equal(asked.at(-1)?.query, "--target=a%20b&&--verbose=&x=?");
  });

  test("answers 404 where there is no route", async () => {
    for (const path of ["/nothing", "/metric", "/page/", "/page/more", "/Metrics"])
      assert.equal((await get(path)).status, 404, path);
  });

  test("answers a HEAD request with the head of a GET request's answer alone", async () => {
    const whole = await sendRaw(opened.port, request("GET /long"));
    const head = await sendRaw(opened.port, request("HEAD /long"));
    const headOf = (response: string) => response.slice(0, response.indexOf("\r\n\r\n") + 4).replace(/Date: .*/, "");
    assert.equal(headOf(head), headOf(whole));
    assert.ok(head.endsWith("\r\n\r\n"));
    assert.ok(whole.endsWith(LONG));
  });

  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]) {
    test(`refuses ${method} with 405 and says what it allows`, async () => {
      const response = await sendRaw(opened.port, request(`${method} /metrics`, "Content-Length: 0"));
      assert.equal(statusIn(response), 405);
      assert.match(response, /\r\nallow: GET, HEAD\r\n/i);
    });
  }

  test("takes no body", async () => {
    assert.equal(await status("GET /metrics", "Content-Length: 3", "", "abc"), 413);
    assert.equal(await status("GET /metrics", "Transfer-Encoding: chunked", "", "3\r\nabc\r\n0\r\n"), 413);
    assert.equal(await status("POST /metrics", "Content-Length: 1000000000"), 405);
  });

  for (const [target, expected] of [
    ["/%2e%2e/etc/passwd", 400],
    ["/metrics/../metrics", 400],
    ["/metrics/..", 400],
    ["/metrics/%2E%2E", 400],
    ["/metrics/.", 400],
    ["/metrics/..%2f..%2fetc", 404],
    ["/metrics%2fdummy", 404],
    ["/metrics/%5c..%5cwindows", 404],
    ["/metrics/a\\b", 400],
    ["//metrics", 404],
    ["//evil.example/metrics", 404],
    ["/metrics//a", 404],
    ["/metrics/a%00.txt", 400],
    ["/metrics/a%0ab", 400],
    ["/metrics/%zz", 400],
    ["/metrics/%ff", 400],
    ["/metrics#part", 400],
    ["metrics", 400],
    ["*", 400],
    ["ftp://door/metrics", 400],
    ["http://elsewhere.example/metrics", 200],
    ["HTTP://elsewhere.example", 200],
    ["/metrics/...", 200],
  ] as const) {
    test(`answers ${expected} to the path trick ${target}`, async () => {
      const seen = asked.length;
      assert.equal(await status(`GET ${target}`), expected);
      if (expected !== 200) assert.equal(asked.length, seen, "no route was asked");
    });
  }

  test("answers 414 to a request line that is too long, however long", async () => {
    assert.equal(await status(`GET /${LONG}`), 414);
    assert.equal(await status(`GET /${LONG.repeat(5)}`), 414);
  });

  test("answers 431 to headers that are too large, or too many", async () => {
    assert.equal(await status("GET /metrics", `X-Long: ${LONG.repeat(5)}`), 431);
    assert.equal(await status("GET /metrics", ...Array.from({ length: 101 }, (_, at) => `X-${at}: 1`)), 431);
    assert.equal(await status("GET /metrics", ...Array.from({ length: 90 }, (_, at) => `X-${at}: 1`)), 200);
  });

  for (const [what, bytes] of [
    ["what is no HTTP", "hello\r\n\r\n"],
    ["TLS to a plain door", Buffer.from("16030100c8010000c40303", "hex")],
    ["two lengths", request("GET /metrics", "Content-Length: 1", "Content-Length: 2")],
    ["a length beside chunks", request("GET /metrics", "Content-Length: 1", "Transfer-Encoding: chunked")],
    ["a request without a host", "GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n"],
    ["NUL in a header", request("GET /metrics", "X-Nul: a\0b")],
  ] as const) {
    test(`answers 400 to ${what}`, async () => {
      assert.equal(statusIn(await sendRaw(opened.port, bytes)), 400);
    });
  }

  test("reads no more of a connection than a header's size, also when more is sent", async () => {
    const socket = connect(opened.port, "127.0.0.1");
    socket.on("error", () => undefined);
    let ended = false;
    socket.once("close", () => {
      ended = true;
    });
    socket.resume();
    socket.write("GET /metrics HTTP/1.1\r\nHost: door\r\nX-Flood: ");
    const chunk = Buffer.alloc(65_536, "x");
    const flood = () => {
      while (!ended && socket.write(chunk));
      if (!ended) socket.once("drain", flood);
    };
    flood();
    await eventually(() => ended);
  });

  test("compresses texts of some length for those who accept it", async () => {
    const raw = await sendRaw(opened.port, request("GET /long", "Accept-Encoding: br;q=1, gzip;q=0.5"));
    assert.match(raw, /\r\ncontent-encoding: gzip\r\n/i);
    assert.match(raw, /\r\nvary: accept-encoding\r\n/i);
    const body = Buffer.from(raw.slice(raw.indexOf("\r\n\r\n") + 4), "latin1");
    assert.equal(gunzipSync(body).toString(), LONG);
    for (const none of ["identity", "gzip;q=0", "br"]) {
      const plain = await sendRaw(opened.port, request("GET /long", `Accept-Encoding: ${none}`));
      assert.doesNotMatch(plain, /content-encoding/i, none);
      assert.match(plain, /\r\nvary: accept-encoding\r\n/i);
    }
    assert.doesNotMatch(await sendRaw(opened.port, request("GET /metrics", "Accept-Encoding: gzip")), /encoding/i);
  });

  test("gives pages a policy that lets nothing in from elsewhere, and all answers no guess at their type", async () => {
    const { headers } = await get("/page");
    assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'.*frame-ancestors 'none'/);
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    for (const path of ["/page", "/metrics", "/nothing"]) {
      const answer = await get(path);
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.equal(answer.headers.get("server"), null);
    }
  });

  test("does nothing for another site's page, but to follow its links", async () => {
    assert.equal(await status("GET /metrics", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: image"), 403);
    assert.equal(await status("GET /metrics", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: document"), 200);
    assert.equal(await status("GET /metrics", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty"), 200);
  });

  test("answers 500 for a route that fails, tells nobody why but its log, and that once", async () => {
    for (let time = 0; time < 3; time++) {
      const response = await get("/broken");
      assert.equal(response.status, 500);
      assert.doesNotMatch(await response.text(), /out of order/);
    }
    const errors = opened.telemetry.said.filter(({ level }) => level === "error");
    assert.equal(errors.length, 1);
    assert.match(String(errors[0]?.fields.error), /out of order/);
  });

  test("counts its answers by path and status, and knows no more paths than routes", async () => {
    const counted = () => opened.telemetry.counted();
    const before = counted();
    await get("/metrics");
    await get("/metrics/one");
    await get("/made/up");
    const grown = Object.entries(
      await eventually(
        () =>
          counted()["tallyman_http_requests_total{path=other,status=404}"] !==
            before["tallyman_http_requests_total{path=other,status=404}"] && counted(),
      ),
    )
      .filter(([name, value]) => name.startsWith("tallyman_http_requests_total") && value !== before[name])
      .map(([name, value]) => [name.replace(/^.*\{/, "{"), value - (before[name] ?? 0)]);
    assert.deepEqual(Object.fromEntries(grown), {
      "{path=/metrics,status=200}": 1,
      "{path=/metrics/,status=200}": 1,
      "{path=other,status=404}": 1,
    });
    assert.ok((counted()["tallyman_http_request_seconds_total{path=/metrics}"] ?? 0) > 0);
  });
});
