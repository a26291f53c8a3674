/** What `docker run` is told; `local` keeps less than that by default, and would rotate the oldest away. */
export const DRIVERS = [
  { name: "json-file", options: ["--log-driver", "json-file"] },
  { name: "local", options: ["--log-driver", "local", "--log-opt", "max-size=2g"] },
] as const;
