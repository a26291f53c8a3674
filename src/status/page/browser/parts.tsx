import type { PagePart } from "../page-model.ts";
import { ago } from "./format.ts";

const MARKS = { ok: "good", failing: "bad", waiting: "warn", off: "off" } as const;

/** Is it working: the engine, the sweeps and each outlet, in words. */
export function Parts({ parts, nowMs }: { parts: readonly PagePart[]; nowMs: number }) {
  return (
    <ul class="parts">
      {parts.map((part) => (
        <li key={part.name}>
          <strong>
            <span class={`mark ${MARKS[part.state]}`}>{part.state}</span> {part.name}
          </strong>
          <p>{part.text}</p>
          {part.lastSuccessMs === undefined ? null : (
            <p class="faint">{`last success ${ago(part.lastSuccessMs, nowMs)}`}</p>
          )}
          {part.lastError === undefined ? null : (
            <p class={part.state === "failing" ? "bad" : "faint"}>
              {`last error ${ago(part.lastError.atMs, nowMs)}: ${part.lastError.text}`}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
