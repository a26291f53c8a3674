import type { Telemetry } from "../telemetry/telemetry.ts";
import { parseAddress } from "./address.ts";
import { type EngineConnection, EngineError } from "./engine.ts";
import { readEvents } from "./events.ts";
import { exchange, nameOf, openStream, type Question } from "./exchange.ts";
import { shakeHands } from "./handshake.ts";
import { createLinkage, type Link } from "./link.ts";
import { logQueryOf, logReplyOf, toLogFailure } from "./logs.ts";
import type { Query } from "./modem.ts";
import { INTRODUCTIONS, MAX_BYTES, type Operation, SIZED_LIST_TIMEOUT_MS } from "./operations.ts";
import { createOutcomes } from "./outcomes.ts";
import { parseList, parseObject, parseStats } from "./parse-reply.ts";
import { isContainerReference } from "./reading-requests.ts";
import type { ContainerInspect, StatsReply, TopReply } from "./replies.ts";
import type { TlsFiles } from "./tls-files.ts";

export interface EngineOptions {
  /** As `parseAddress` takes it. */
  readonly address: string;
  readonly tls?: TlsFiles;
  /** 10 s if not given. */
  readonly requestTimeoutMs?: number;
  /** A container's stats: 10 s if not given. */
  readonly statsTimeoutMs?: number;
}

interface Request {
  readonly path: string;
  readonly apiVersion?: string | undefined;
  readonly query?: Query;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Nothing is sent before the first call; an address that can't be understood throws here. */
export function createEngine(options: EngineOptions, telemetry: Telemetry): EngineConnection {
  const { requestTimeoutMs = 10_000, statsTimeoutMs = 10_000, tls = {} } = options;
  const address = parseAddress(options.address, { tls: Object.keys(tls).length > 0 });
  const outcomes = createOutcomes(telemetry);
  const eitherOf = sharedSignals();
  const linkage = createLinkage({
    address,
    tls,
    handshake: (dialler, signal) =>
      shakeHands((operation, apiVersion) => {
        const question = questionOf(operation, { path: INTRODUCTIONS[operation], apiVersion, signal });
        return outcomes.of(operation, () => exchange(dialler, question), signal);
      }, address),
  });

  function questionOf(operation: Operation, { path, apiVersion, timeoutMs, ...rest }: Request): Question {
    return {
      ...rest,
      path: apiVersion === undefined ? path : `/v${apiVersion}${path}`,
      timeoutMs: timeoutMs ?? requestTimeoutMs,
      maxBytes: MAX_BYTES[operation],
      address: address.text,
    };
  }

  /** Runs `work` on the link and draws from its failure what that tells of the link; a refused version gets a second go. */
  async function onLink<T>(operation: Operation, work: (link: Link) => Promise<T>, isSecond = false): Promise<T> {
    const link = await linkage.connect();
    try {
      return await linkage.during(link, () => work(link));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.kind === "unreachable") linkage.lose(link, error);
      // A list that does not come may mean that the machine is gone without a word.
      if (error.kind === "timeout" && operation === "list") linkage.doubt(link);
      const isVersionRefused = error.kind === "unsupported" && error.statusCode !== undefined;
      if (!isVersionRefused || isSecond) throw error;
      linkage.doubt(link);
      return onLink(operation, work, true);
    }
  }

  function ask<T>(operation: Operation, request: Request, parse: (text: string, what: string) => T): Promise<T> {
    return onLink(operation, ({ dialler, facts }) =>
      outcomes.of(operation, async () => {
        const question = questionOf(operation, { ...request, apiVersion: facts.apiVersion });
        return parse((await exchange(dialler, question)).text, nameOf(question));
      }),
    );
  }

  function requireReference(id: string) {
    if (!isContainerReference(id))
      throw new EngineError(`${JSON.stringify(id)} can't be a container's id`, { kind: "unsupported" });
  }

  async function askOf<T extends object>(
    operation: "inspect" | "stats" | "top",
    id: string,
    { parse = parseObject<T>, ...how }: Partial<Request> & { parse?: (text: string, what: string) => T } = {},
  ) {
    requireReference(id);
    const path = `/containers/${id}/${operation === "inspect" ? "json" : operation}`;
    return ask(operation, { ...how, path }, parse);
  }

  return {
    address: address.text,
    get facts() {
      return linkage.link?.facts;
    },
    connect: async () => (await linkage.connect()).facts,
    listContainers({ all, size = false, limit }) {
      const query = { all, ...(size && { size }), ...(limit !== undefined && { limit }) };
      const timeoutMs = size ? Math.max(requestTimeoutMs, SIZED_LIST_TIMEOUT_MS) : requestTimeoutMs;
      return ask("list", { path: "/containers/json", query, timeoutMs }, parseList);
    },
    inspectContainer: async (id) => ofThis(id, await askOf<ContainerInspect>("inspect", id), "Id"),
    async containerStats(id, signal) {
      const how = { query: ONE_SHOT, timeoutMs: statsTimeoutMs, signal, parse: parseStats };
      return ofThis(id, withNumbers(id, await askOf<StatsReply>("stats", id, how)), "id");
    },
    containerTop: (id) => askOf<TopReply>("top", id),
    events({ filters, signal, onOpen }) {
      const open = () =>
        onLink("events", async (link) => {
          const either = AbortSignal.any([signal, link.signal]);
          const request = { path: "/events", signal: either, ...(filters && { query: { filters } }) };
          const question = questionOf("events", { ...request, apiVersion: link.facts.apiVersion });
          const response = await outcomes.of("events", () => openStream(link.dialler.dial, question), either);
          return { response, link, what: nameOf(question) };
        });
      return readEvents({
        open,
        linkage,
        telemetry,
        signal,
        maxLineBytes: MAX_BYTES.events,
        ...(onOpen && { onOpen }),
      });
    },
    async containerLogs({ id, signal, ...query }) {
      requireReference(id);
      return onLink("logs", async (link) => {
        // A stream that breaks is no doubt in the link, as it is of events: a proxy that cuts one container's idle log
        // would end the logs of all. The next request tells whether the engine is there.
        const either = eitherOf(link, signal);
        const request = { path: `/containers/${id}/logs`, signal: either, query: logQueryOf(query) };
        const question = questionOf("logs", { ...request, apiVersion: link.facts.apiVersion });
        const open = () => openStream(link.dialler.dialRaw, question).catch(toLogFailure);
        return logReplyOf(await outcomes.of("logs", open, either));
      });
    },
    onConnected: linkage.onConnected,
    onLost: linkage.onLost,
    close: linkage.close,
  };
}

/** The same of all logs that end together: one of their own is 700 bytes (Node 24.21). */
function sharedSignals(): (link: Link, signal: AbortSignal) => AbortSignal {
  const known = new WeakMap<AbortSignal, { readonly link: Link; readonly either: AbortSignal }>();
  return (link, signal) => {
    const latest = known.get(signal);
    if (latest?.link === link) return latest.either;
    const either = AbortSignal.any([signal, link.signal]);
    known.set(signal, { link, either });
    return either;
  };
}

const ONE_SHOT: Query = { stream: false, "one-shot": true };

/** One container's numbers must never be taken for another's; not every engine names it in its stats. */
function ofThis<T extends object>(id: string, reply: T, key: keyof T): T {
  const named: unknown = reply[key];
  if (typeof named !== "string" || named === id || id.length < FULL_ID_LENGTH) return reply;
  throw new EngineError(`the engine answered for ${JSON.stringify(named.slice(0, 100))} where ${id} was asked`, {
    kind: "malformed",
  });
}

/** A name or the beginning of an id is answered with the whole one. */
const FULL_ID_LENGTH = 64;

/**
 * A success without numbers: Podman 5.4.2 answers so for a stopped container, with {"cause","message","response":500},
 * and Engine 28.5.2 for a restarting one, with {"message":"no metrics received"}.
 */
function withNumbers(id: string, reply: StatsReply & { message?: unknown }): StatsReply {
  if (reply.read !== undefined || typeof reply.message !== "string") return reply;
  throw new EngineError(`the engine has no stats of container ${id}: ${reply.message.slice(0, 300)}`, {
    kind: "refused-by-engine",
  });
}
