import type { Log } from "../../telemetry/log.ts";

/**
 * What the SDK has to say of itself goes to our log at debug level: what matters of it our own events say, once. Its
 * error handler and its diag logger are global, and silent unless they are set.
 */
export async function routeSdkMessages(log: Log): Promise<void> {
  const [{ diag, DiagLogLevel }, { setGlobalErrorHandler }] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/core"),
  ]);
  const say = (...parts: unknown[]) => log.debug("OpenTelemetry SDK", { message: parts.map(partText).join(" ") });
  const quiet = () => {};
  diag.setLogger(
    { error: say, warn: say, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  setGlobalErrorHandler((error) => say(error));
}

const MAX_LENGTH = 500;

function partText(part: unknown): string {
  return (part instanceof Error ? part.message : String(part)).slice(0, MAX_LENGTH);
}
