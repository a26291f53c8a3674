import { logRecordsRefused, logRecordsSent } from "../../telemetry/events/shipped-logs.ts";
import type { Standing } from "../../telemetry/standing.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { createSender } from "../otlp/create-sender.ts";
import { createExportState } from "../otlp/export-state.ts";
import { otlpEndpoint } from "../otlp/otlp-endpoint.ts";
import type { OtlpConnectionOptions } from "../otlp/otlp-options.ts";
import { type Accepted, failureName, type RequestSender, type SendFailure } from "../otlp/request-sender.ts";
import { routeSdkMessages } from "../otlp/sdk-messages.ts";
import { judgeFailure } from "./judge-failure.ts";
import { createLogEncoder, type LogEncoder } from "./log-encoder.ts";
import { type ContainerRecords, countRecords, halvesOf } from "./outgoing-records.ts";

export interface LogOutletOptions extends Omit<OtlpConnectionOptions, "signal"> {
  /** Of one request, retries included. */
  readonly timeoutMs: number;
  /** A request that would be larger is split. */
  readonly maxRequestBytes: number;
  /** Whose logs they are: asked for each request, since some of it is known only once the engine was reached. */
  resource(): Readonly<Record<string, string>>;
}

export interface LogOutlet {
  /** Where it sends to, as it may be shown. */
  readonly endpoint: string;
  readonly standing: Standing;
  /**
   * "settled": every record was taken by the receiver, or will never be, which is counted and said. "held": some may be
   * taken another time, and all are to be sent again. Never rejects.
   */
  send(batch: readonly ContainerRecords[], signal: AbortSignal): Promise<"settled" | "held">;
  close(): Promise<void>;
}

/** So many times a refused batch is halved, that what is wrong with one record does not cost all: 16 pieces. */
const MAX_HALVINGS = 4;
const MAX_SAID = 20;

/** Sends log records over OTLP. Throws on an endpoint that is none. */
export function createLogOutlet(options: LogOutletOptions, telemetry: Telemetry): LogOutlet {
  const connection: OtlpConnectionOptions = { ...options, signal: "logs" };
  const endpoint = otlpEndpoint(connection);
  const { protocol, maxRequestBytes, timeoutMs } = options;
  const state = createExportState({ endpoint, protocol, signal: "logs", telemetry });
  const said = new Set<string>();
  let loading: Promise<{ sender: RequestSender; encode: LogEncoder }> | undefined;

  async function load() {
    const [sender, encode] = await Promise.all([
      createSender(endpoint, connection),
      createLogEncoder(protocol),
      routeSdkMessages(telemetry.log),
    ]);
    return { sender, encode };
  }

  async function send(
    batch: readonly ContainerRecords[],
    signal: AbortSignal,
    halvings: number,
  ): Promise<"settled" | "held"> {
    const count = countRecords(batch);
    if (count === 0) return "settled";
    loading ??= load();
    const { sender, encode } = await loading;
    const body = encode(batch, options.resource());
    if (body.length > maxRequestBytes && count > 1) return sendHalves(batch, signal, halvings);
    const result = await sender.send({ body, pointCount: count }, { timeoutMs, signal });
    if (result.accepted) return accepted(result, count, body.length);
    if (signal.aborted) return "held";
    const { failure } = result;
    const judgement = judgeFailure(failure);
    if (judgement === "held") {
      state.exported({ requests: 1, failedRequests: 1, points: 0, failure });
      return "held";
    }
    if (count > 1 && judgement === "too-large") return sendHalves(batch, signal, halvings);
    if (count > 1 && halvings < MAX_HALVINGS) return sendHalves(batch, signal, halvings + 1);
    refused(failure, count);
    return "settled";
  }

  async function sendHalves(batch: readonly ContainerRecords[], signal: AbortSignal, halvings: number) {
    for (const half of halvesOf(batch)) if ((await send(half, signal, halvings)) === "held") return "held";
    return "settled";
  }

  function accepted(answer: Accepted, records: number, bytes: number): "settled" {
    logRecordsSent(telemetry, { records, bytes, rejectedRecords: answer.rejectedPoints });
    state.exported({ requests: 1, failedRequests: 0, points: records });
    state.answered(answer);
    return "settled";
  }

  function refused(failure: SendFailure, records: number) {
    const reason = failureName(failure);
    // The same but for a number in it is nothing new to a person.
    const news = `${reason} ${failure.detail.replace(/\d+/g, "0")}`;
    const isNews = !said.has(news) && said.size < MAX_SAID;
    if (isNews) said.add(news);
    logRecordsRefused(telemetry, { endpoint: endpoint.shown, reason, detail: failure.detail, records }, { isNews });
  }

  return {
    endpoint: endpoint.shown,
    get standing() {
      return state.standing;
    },
    async send(batch, signal) {
      try {
        return await send(batch, signal, 0);
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        const failure = { kind: "local", detail } as const;
        state.exported({ requests: 1, failedRequests: 1, points: 0, failure });
        return "held";
      }
    },
    async close() {
      (await loading?.catch(() => undefined))?.sender.close();
    },
  };
}
