import assert from "node:assert/strict";
import { test } from "node:test";
import { exportsSince, live } from "../agent/harness/series.ts";
import { startStage } from "../agent/harness/stage.ts";
import { eventually } from "../support/eventually.ts";
import { observe } from "./observer.ts";
import { startTlsFront } from "./tls-front.ts";

const FAIL = "Exports fail, the next ones make good what is missed";
const AGAIN = "Exports arrive again";

const REASONS = {
  "http/protobuf": { reason: "CERT_HAS_EXPIRED", remedy: /out of date: renew it there/ },
  grpc: { reason: "gRPC UNAVAILABLE", remedy: /./ },
} as const;

for (const protocol of ["http/protobuf", "grpc"] as const) {
  test(`endpoint whose certificate expires under a running agent (${protocol}): said once, the engine is read on, and all arrives again once it is renewed`, async (t) => {
    const stage = await startStage({ receiver: { protocols: [protocol === "grpc" ? "grpc" : "http"] } }, t);
    const { engine, receiver } = stage;
    const backend = new URL(receiver.httpEndpoint || receiver.grpcEndpoint);
    const front = await startTlsFront({ backendPort: Number(backend.port) });
    t.after(front.close);
    engine.containers.run({ name: "web", startedAgoMs: 3_600_000 });
    const observer = observe(stage);
    const agent = stage.start({
      TALLYMAN_OTLP_PROTOCOL: protocol,
      TALLYMAN_OTLP_ENDPOINT: `https://127.0.0.1:${front.port}${protocol === "grpc" ? "" : "/v1/metrics"}`,
      TALLYMAN_OTLP_TLS_CA: front.caFile,
    });
    await exportsSince(receiver, 0, 1);

    front.present("expired");
    await exportsSince(receiver, Date.now(), 2);
    assert.equal(failures().length, 0, "the connection made while it was valid goes on");
    front.end();
    const said = await agent.logged(FAIL);
    assert.equal(said.reason, REASONS[protocol].reason);
    assert.match(String(said.remedy), REASONS[protocol].remedy);
    const [arrived, swept] = [receiver.accepted, sweeps()];
    await eventually(() => sweeps() > swept + 5);
    assert.equal(receiver.accepted, arrived, "nothing goes to whom nobody vouches for");
    assert.equal(failures().length, 1);

    front.present("valid");
    engine.containers.remove("web");
    engine.containers.run({ name: "api" });
    await agent.logged(AGAIN);
    await exportsSince(receiver, Date.now(), 2);
    assert.equal(live(receiver, undefined, { name: "web" }).length, 0);
    assert.ok(live(receiver, undefined, { name: "api" }).length > 40);
    observer.assertEveryPushTrue({ endsMayBeLate: true });
    assert.deepEqual([failures().length, agent.log().filter(({ message }) => message === AGAIN).length], [1, 1]);
    assert.equal(agent.ended, undefined);

    function failures() {
      return agent.log().filter(({ level }) => level === "warn" || level === "error");
    }
    function sweeps() {
      return engine.requests.count("/containers/json");
    }
  });
}
