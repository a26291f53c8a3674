const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** The first signal that asks the process to end. A second one ends it at once. */
export function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    // Until then the process stays, though nothing else may hold it: the SDK's timers do not.
    const hold = setInterval(() => {}, 2 ** 30);
    function stop(signal: NodeJS.Signals) {
      clearInterval(hold);
      for (const name of SIGNALS) {
        process.off(name, stop);
        process.on(name, () => process.exit(1));
      }
      resolve(signal);
    }
    for (const name of SIGNALS) process.on(name, stop);
  });
}
