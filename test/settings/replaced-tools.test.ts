import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { at, loaded, loadFrom } from "./load-from.ts";

type Env = Record<string, string>;

const settingsOf = (env: Env, ...paths: string[]) => {
  const { settings } = loaded({ env });
  return paths.map((path) => at(settings, path));
};

describe("the variables of the Docker stats exporter", () => {
  test("give its port on all interfaces, its interval and its engine", () => {
    const env = { EXPORTER_PORT: "8103", POLL_INTERVAL: "30", DOCKER_SOCKET_PATH: "/run/docker.sock" };
    const got = settingsOf(env, "http.listen", "metrics.sweepInterval", "http.maxAge", "engine.address");
    assert.deepEqual(got, [":8103", 30_000, 30_000, "/run/docker.sock"]);
  });

  for (const env of [
    { EXPORTER_PORT: "8003" },
    { POLL_INTERVAL: "15" },
    { DOCKER_SOCKET_PATH: "/var/run/docker.sock" },
  ]) {
    test(`any of them brings its names and its defaults: ${Object.keys(env)[0]}`, () => {
      const got = settingsOf(env, "metrics.profiles", "http.listen", "metrics.sweepInterval", "otlp.enabled");
      assert.deepEqual(got, [["stats-exporter"], ":8003", 15_000, false]);
      const { notes } = loaded({ env });
      assert.ok(
        notes.some((note) => note.startsWith(`${Object.keys(env)[0]} is a variable of the Docker stats exporter:`)),
      );
    });
  }
});

describe("the variables of the metrics and logs collector", () => {
  test("give intervals, threads and files", () => {
    const env = {
      METRICS_COLLECTION_INTERVAL: "40",
      LOGS_COLLECTION_INTERVAL: "7",
      MAX_COLLECTOR_THREADS: "3",
      LAST_METRICS_COLLECTED_AT_FILE: "/tmp/m.txt",
      LAST_LOGS_COLLECTED_AT_FILE: "/tmp/l.txt",
      LOGS_DIR: "/logs",
      LOGS_CONTAINER_MAX_FILE_SIZE: "1048576",
      LOGS_CONTAINER_MAX_FILES: "4",
      LOG_LEVELS_MAPPING_PATH: "/config/levels.json",
      MACHINE_NAME: "m-1",
      METRICS_EXPORTER_PORT: "10101",
    };
    assert.deepEqual(
      settingsOf(env, "metrics.sweepInterval", "logs.collectedAtInterval", "engine.concurrency"),
      [40_000, 7_000, 3],
    );
    assert.deepEqual(settingsOf(env, "metrics.collectedAtFile", "logs.collectedAtFile"), ["/tmp/m.txt", "/tmp/l.txt"]);
    assert.deepEqual(settingsOf(env, "logs.dir", "logs.maxFileSize", "logs.maxFiles", "logs.levels"), [
      "/logs",
      1_048_576,
      4,
      "/config/levels.json",
    ]);
    assert.deepEqual(settingsOf(env, "metrics.machine", "http.listen"), ["m-1", ":10101"]);
  });

  test("bring its names, port, interval and logs", () => {
    const env = { MAX_COLLECTOR_THREADS: "5" };
    assert.deepEqual(settingsOf(env, "metrics.profiles", "http.listen", "metrics.sweepInterval"), [
      ["collector"],
      ":9103",
      20_000,
    ]);
    assert.deepEqual(settingsOf(env, "logs.enabled", "logs.dir", "otlp.enabled"), [true, "/tmp/logs", false]);
  });

  test("of its logs alone keep the logs and change nothing else: these variables were here before", () => {
    const env = { LOGS_DIR: "/logs", LOG_LEVELS_MAPPING_PATH: "/l.json" };
    assert.deepEqual(settingsOf(env, "metrics.profiles", "http.listen", "otlp.enabled", "logs.enabled"), [
      ["cadvisor"],
      "127.0.0.1:9103",
      true,
      true,
    ]);
  });
});

describe("the variables of the metrics wrapper", () => {
  test("give the port on all interfaces and how many programs run at once, and bring nothing else", () => {
    const env = { PORT: "9200", WORKERS: "4" };
    assert.deepEqual(settingsOf(env, "http.listen", "programs.workers"), [":9200", 4]);
    assert.deepEqual(settingsOf(env, "metrics.profiles", "otlp.enabled"), [["cadvisor"], true]);
  });
});

describe("what a tool had", () => {
  test("gives way to every setting that is given, in a variable or in the file", () => {
    const own = { TALLYMAN_METRICS_PROFILES: "cadvisor", TALLYMAN_HTTP_LISTEN: "127.0.0.1:1" };
    assert.deepEqual(settingsOf({ EXPORTER_PORT: "8003", ...own }, "metrics.profiles", "http.listen"), [
      ["cadvisor"],
      "127.0.0.1:1",
    ]);
    const { settings } = loaded({
      env: { POLL_INTERVAL: "15" },
      file: "{ http: { listen: ':7' }, metrics: { profiles: ['semconv'] } }",
    });
    assert.deepEqual([settings.http.listen, settings.metrics.profiles], [":7", ["semconv"]]);
  });

  test("wins over the image's own address", () => {
    assert.deepEqual(settingsOf({ POLL_INTERVAL: "15", TALLYMAN_DEFAULT_HTTP_LISTEN: ":9103" }, "http.listen"), [
      ":8003",
    ]);
  });

  test("does not keep from pushing where a receiver is named, by whatever variable", () => {
    for (const name of ["TALLYMAN_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT", "CSPY_OTLP_ENDPOINT"]) {
      assert.deepEqual(settingsOf({ EXPORTER_PORT: "8003", [name]: "http://c:4318" }, "otlp.enabled"), [true], name);
    }
    assert.deepEqual(settingsOf({ EXPORTER_PORT: "8003", TALLYMAN_OTLP_ENABLED: "true" }, "otlp.enabled"), [true]);
  });
});

describe("variables of two tools", () => {
  const problemsOf = (env: Env) => {
    const result = loadFrom({ env });
    return result.ok ? [] : result.problems;
  };

  test("that say different things of one setting are refused with both names", () => {
    assert.deepEqual(problemsOf({ EXPORTER_PORT: "8003", PORT: "9200" }), [
      'http.listen: EXPORTER_PORT and PORT say different things (":8003" and ":9200"). Keep one of them.',
    ]);
    assert.deepEqual(problemsOf({ EXPORTER_PORT: "8003", PORT: "8003" }), []);
  });

  test("whose names differ are refused until metrics.profiles says which are meant", () => {
    const both = { EXPORTER_PORT: "8003", MAX_COLLECTOR_THREADS: "5", TALLYMAN_METRICS_SWEEP_INTERVAL: "20s" };
    const [problem, ...others] = problemsOf(both);
    assert.match(problem ?? "", /^metrics\.profiles: EXPORTER_PORT.* and MAX_COLLECTOR_THREADS.* say different things/);
    assert.deepEqual(others, []);
    const profiles = "stats-exporter,collector";
    assert.deepEqual(problemsOf({ ...both, TALLYMAN_METRICS_PROFILES: profiles }), []);
  });
});

describe("a variable that is no value of its tool's", () => {
  const wrong: [string, string, RegExp][] = [
    ["EXPORTER_PORT", "http", /^http\.listen \(EXPORTER_PORT\): got "http", expected a port's number\.$/],
    ["EXPORTER_PORT", "99999", /^http\.listen \(EXPORTER_PORT\): got ":99999", but ports end at 65535\.$/],
    [
      "POLL_INTERVAL",
      "often",
      /^metrics\.sweepInterval \(POLL_INTERVAL\): got "often", expected a whole number of seconds\.$/,
    ],
    ["POLL_INTERVAL", "0", /^metrics\.sweepInterval \(POLL_INTERVAL\): got 0, expected a whole number of seconds\.$/],
    ["MAX_COLLECTOR_THREADS", "many", /^engine\.concurrency \(MAX_COLLECTOR_THREADS\): got "many", expected/],
    ["WORKERS", "0", /^programs\.workers \(WORKERS\): got 0, expected/],
  ];
  for (const [name, text, problem] of wrong) {
    test(`is refused with its name: ${name}=${text}`, () => {
      const result = loadFrom({ env: { [name]: text } });
      assert.ok(!result.ok);
      assert.match(result.problems.join("\n"), problem);
    });
  }

  test("is not set when it is empty, as Compose hands on what is not there", () => {
    assert.deepEqual(settingsOf({ EXPORTER_PORT: "", POLL_INTERVAL: " " }, "metrics.profiles"), [["cadvisor"]]);
  });
});
