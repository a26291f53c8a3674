import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { live } from "./harness/series.ts";
import { assertOnlyRead, startStage } from "./harness/stage.ts";
import { runTallyman } from "./harness/tallyman.ts";

const ALL_ON = { TALLYMAN_METRICS_GROUPS_PROCESSES: "true", TALLYMAN_METRICS_GROUPS_SIZE: "true" };

describe("Of an engine nothing is asked but to be read", { concurrency: true }, () => {
  for (const profile of [{ engineVersion: "28.5.2" }, { flavour: "podman" }] as const) {
    test(`by all that tallyman does, with every group on (${Object.values(profile)})`, async (t) => {
      const stage = await startStage({ engine: profile }, t);
      const { engine, receiver } = stage;
      engine.containers.run({ name: "web" });
      const agent = stage.start(ALL_ON);
      await receiver.waitFor(() => live(receiver, "container_processes").length === 1);
      engine.containers.run({ name: "db" });
      engine.containers.restart("web");
      engine.containers.remove("db");
      await Promise.all(["once", "check"].map((command) => runTallyman({ ...stage.env, ...ALL_ON }, command)));
      await agent.end("SIGTERM", 5_000);

      assertOnlyRead(engine);
      const kinds = engine.requests.entries.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{64}/, "…")}`);
      assert.deepEqual([...new Set(kinds)].sort(), [
        "GET /_ping",
        "GET /containers/json",
        "GET /containers/…/json",
        "GET /containers/…/stats",
        "GET /containers/…/top",
        "GET /events",
        "GET /info",
        "GET /version",
      ]);
    });
  }
});
