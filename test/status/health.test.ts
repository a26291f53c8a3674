import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Route } from "../../src/http/route.ts";
import { healthRoutes } from "../../src/status/health-routes.ts";
import { linkPage, serviceRoute } from "../../src/status/service-route.ts";
import type { EngineVitals, OutletVitals, SweepVitals } from "../../src/status/vitals.ts";

const MINUTE = 60_000;
const SWEEPS = { startedMs: 60 * MINUTE, intervalMs: MINUTE, longestMs: MINUTE, endedMs: 1_000, hasFailed: false };
const OTLP: OutletVitals = { name: "otlp", isFailing: false, lastSuccessMs: Date.UTC(2026, 10, 21) };
const FAILING: OutletVitals = {
  ...OTLP,
  isFailing: true,
  lastError: { atMs: Date.UTC(2026, 10, 22), text: "HTTP 401. Check the token." },
};

/** An `undefined` takes away what there would be. */
type GivenSweeps = { readonly [field in keyof SweepVitals]?: SweepVitals[field] | undefined };

interface Given {
  readonly engine?: EngineVitals;
  readonly sweeps?: GivenSweeps;
  readonly outlets?: readonly OutletVitals[];
}

async function asked(path: string, { engine = { isConnected: true }, sweeps = {}, outlets = [OTLP] }: Given = {}) {
  const vitals = { engine, sweeps: { ...SWEEPS, ...sweeps } as SweepVitals, outlets };
  const route = healthRoutes(() => vitals).find((one) => one.path === path);
  const { status, body } = await (route as Route).answer(request());
  return [status, JSON.parse(body as string)] as const;
}

function request(headers: Record<string, string> = {}) {
  return { method: "GET", path: "/", query: "", headers, signal: new AbortController().signal } as const;
}

describe("/health", () => {
  test("is what the Docker stats exporter's users know, when all is well", async () => {
    assert.deepEqual(await asked("/health"), [200, { status: "healthy", docker: "connected" }]);
  });

  test("tells of an engine that is away, with the reason", async () => {
    assert.deepEqual(await asked("/health", { engine: { isConnected: false, error: "nothing is there" } }), [
      503,
      { status: "unhealthy", docker: "disconnected", problems: ["the engine can't be reached: nothing is there"] },
    ]);
  });

  test("tells of an engine that was not reached yet", async () => {
    const [status, { problems }] = await asked("/health", { engine: { isConnected: false } });
    assert.deepEqual([status, problems], [503, ["the engine is not connected yet"]]);
  });

  test("tells of each outlet that fails, and of none that has not been tried", async () => {
    const untried = { name: "pushgateway", isFailing: false };
    const [status, { problems }] = await asked("/health", { outlets: [FAILING, untried] });
    assert.deepEqual([status, problems], [503, ["otlp fails: HTTP 401. Check the token."]]);
    assert.equal((await asked("/health", { outlets: [untried] }))[0], 200);
  });

  test("tells of an engine that answers, yet lists nothing", async () => {
    const [status, { problems }] = await asked("/health", { sweeps: { hasFailed: true } });
    assert.deepEqual([status, problems], [503, ["the engine does not list its containers"]]);
  });

  test("is well before the first sweep, and where sweeps are done for scrapes alone and nobody scrapes", async () => {
    const { endedMs: _, hasFailed: __, ...none } = SWEEPS;
    for (const sweeps of [
      { ...none, startedMs: 10, endedMs: undefined },
      { endedMs: 24 * 60 * MINUTE, intervalMs: undefined },
    ])
      assert.equal((await asked("/health", { sweeps: sweeps }))[0], 200);
  });
});

describe("/healthz", () => {
  test("has nothing against an engine that is away or an outlet that fails: a restart helps against neither", async () => {
    const given = { engine: { isConnected: false }, outlets: [FAILING], sweeps: { hasFailed: true } };
    assert.deepEqual(await asked("/healthz", given), [200, { status: "alive" }]);
  });

  for (const [what, sweeps, problem] of [
    ["a sweep that never ends", { underWayMs: 61_000 }, "a sweep has been under way for 61 s"],
    ["sweeps that do not begin any more", { endedMs: 3 * MINUTE + 1_000 }, "no sweep has ended for 181 s"],
    ["a first sweep that never began", { endedMs: undefined, startedMs: 4 * MINUTE }, "no sweep has ended for 240 s"],
  ] as const) {
    test(`notices ${what}, which /health tells too`, async () => {
      const given = { sweeps: sweeps };
      assert.deepEqual(await asked("/healthz", given), [503, { status: "stuck", problems: [problem] }]);
      assert.deepEqual((await asked("/health", given))[1].problems, [problem]);
    });
  }

  test("waits for a sweep that may take long", async () => {
    assert.equal((await asked("/healthz", { sweeps: { underWayMs: 59_000, endedMs: 3 * MINUTE } }))[0], 200);
  });
});

describe("/readyz", () => {
  test("tells of the engine, the last sweep and each outlet", async () => {
    assert.deepEqual(await asked("/readyz", { outlets: [FAILING, { name: "pushgateway", isFailing: false }] }), [
      200,
      {
        status: "ready",
        engine: "connected",
        lastSweepSecondsAgo: 1,
        outlets: [
          {
            name: "otlp",
            status: "failing",
            lastSuccess: "2026-11-21T00:00:00.000Z",
            lastError: "HTTP 401. Check the token.",
            lastErrorAt: "2026-11-22T00:00:00.000Z",
          },
          { name: "pushgateway", status: "not tried yet" },
        ],
      },
    ]);
  });

  for (const [what, given, problem] of [
    ["the engine is away", { engine: { isConnected: false, error: "no" } }, "the engine can't be reached: no"],
    ["there was no sweep yet", { sweeps: { endedMs: undefined, hasFailed: undefined } }, "there was no sweep yet"],
    ["the last sweep is older than two intervals", { sweeps: { endedMs: 121_000 } }, "the last sweep was 121 s ago"],
    ["the list can't be had", { sweeps: { hasFailed: true } }, "the engine does not list its containers"],
  ] as const) {
    test(`is 503 when ${what}`, async () => {
      const [status, { status: word, problems }] = await asked("/readyz", given as Given);
      assert.deepEqual([status, word, problems], [503, "not ready", [problem]]);
    });
  }

  test("is ready without any sweep where they are done for scrapes alone", async () => {
    const sweeps = {
      endedMs: undefined,
      hasFailed: undefined,
      intervalMs: undefined,
    };
    assert.equal((await asked("/readyz", { sweeps }))[0], 200);
  });
});

describe("/", () => {
  const endpoints = { metrics: "/metrics" };
  const route = serviceRoute({
    version: "1.2.3",
    revision: "abc",
    uptimeSeconds: () => 12.4,
    endpoints,
    page: () => linkPage(endpoints),
  });
  const typeFor = async (accept?: string) => {
    const { status, headers } = await route.answer(request(accept === undefined ? {} : { accept }));
    return status === 200 ? headers?.["content-type"] : status;
  };

  test("is information for programs", async () => {
    const { body } = await route.answer(request());
    const about = { name: "tallyman", version: "1.2.3", revision: "abc", uptimeSeconds: 12, endpoints };
    assert.deepEqual(JSON.parse(body as string), about);
  });

  for (const [accept, type] of [
    [undefined, "application/json"],
    ["*/*", "application/json"],
    ["application/*;q=0.5, text/*;q=0.1", "application/json"],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"],
    ["TEXT/HTML", "text/html; charset=utf-8"],
    ["application/json;q=0, */*", "text/html; charset=utf-8"],
    ["image/png", 406],
    ["text/html;q=0", 406],
  ] as const) {
    test(`answers ${type} to Accept: ${accept}`, async () => assert.equal(await typeFor(accept), type));
  }
});
