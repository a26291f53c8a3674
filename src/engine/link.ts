import type { EngineAddress } from "./address.ts";
import { EngineError, type EngineFacts } from "./engine.ts";
import { createIntake } from "./intake.ts";
import { createDialler, type Dialler } from "./modem.ts";
import { readTlsFiles, type TlsFiles } from "./tls-files.ts";

/** One connection in the wider sense: from a handshake to the loss of the engine, with what was learned at its start. */
export interface Link {
  readonly facts: EngineFacts;
  readonly dialler: Dialler;
  /** Aborts when the link is dropped: streams that belong to it end. */
  readonly signal: AbortSignal;
}

export interface Linkage {
  readonly link: Link | undefined;
  /** The present link, or a new one after a handshake that callers at the same time share. */
  connect(): Promise<Link>;
  /** Requests on the link, which `close` breaks off also where the link was dropped before their end. */
  during<T>(link: Link, requests: () => Promise<T>): Promise<T>;
  /** The engine is gone. A link that was dropped before changes nothing: late failures don't hurt its successor. */
  lose(link: Link, error: EngineError): void;
  /** Something is odd (a stream ended, a version was refused): the next request begins with a handshake, nothing is said. */
  doubt(link: Link): void;
  onConnected(listener: (facts: EngineFacts) => void): () => void;
  onLost(listener: (error: EngineError) => void): () => void;
  close(): void;
}

export interface LinkageOptions {
  readonly address: EngineAddress;
  readonly tls: TlsFiles;
  readonly handshake: (dialler: Dialler, signal: AbortSignal) => Promise<EngineFacts>;
}

export function createLinkage({ address, tls, handshake }: LinkageOptions): Linkage {
  const connected = createListeners<EngineFacts>();
  const lost = createListeners<EngineError>();
  const closing = new AbortController();
  /** The logs of a link that was dropped are under way for a while beside those of the next. */
  const intake = createIntake();
  /** How many requests are under way on each link, the dropped ones too. */
  const busy = new Map<Link, number>();
  let current: { link: Link; abort: () => void } | undefined;
  let connecting: Promise<Link> | undefined;
  /** Whom the listeners know: the engine last announced, "nobody" after a loss, nothing at the start. */
  let announced: EngineFacts | "nobody" | undefined;

  async function connect(): Promise<Link> {
    const dialler = createDialler(address, { tls: await readTlsFiles(tls), intake });
    try {
      const facts = await handshake(dialler, closing.signal);
      const controller = new AbortController();
      const link = { facts, dialler, signal: AbortSignal.any([controller.signal, closing.signal]) };
      current = { link, abort: () => controller.abort() };
      return link;
    } catch (error) {
      dialler.destroy();
      throw error;
    }
  }

  function announceLoss(error: EngineError) {
    if (announced === "nobody" || closing.signal.aborted) return;
    announced = "nobody";
    lost.tell(error);
  }

  function announce(facts: EngineFacts) {
    const known = announced;
    announced = facts;
    if (known === undefined || known === "nobody" || !sameEngine(known, facts)) connected.tell(facts);
  }

  function drop(link: Link): boolean {
    if (current?.link !== link) return false;
    current.abort();
    link.dialler.closeIdle();
    current = undefined;
    return true;
  }

  return {
    get link() {
      return current?.link;
    },
    connect() {
      if (closing.signal.aborted)
        return Promise.reject(new EngineError("the engine's client is closed", { kind: "unreachable" }));
      if (current) return Promise.resolve(current.link);
      connecting ??= connect().finally(() => {
        connecting = undefined;
      });
      return connecting.then(
        (link) => {
          announce(link.facts);
          return link;
        },
        (error) => {
          announceLoss(error);
          throw error;
        },
      );
    },
    async during(link, requests) {
      busy.set(link, (busy.get(link) ?? 0) + 1);
      try {
        return await requests();
      } finally {
        const others = (busy.get(link) ?? 1) - 1;
        if (others > 0) busy.set(link, others);
        else busy.delete(link);
      }
    },
    lose(link, error) {
      if (drop(link)) announceLoss(error);
    },
    doubt(link) {
      drop(link);
    },
    onConnected: connected.add,
    onLost: lost.add,
    close() {
      closing.abort();
      for (const link of busy.keys()) link.dialler.destroy();
      current?.link.dialler.destroy();
      if (current) drop(current.link);
    },
  };
}

function sameEngine(one: EngineFacts, other: EngineFacts): boolean {
  return (
    one.hostId === other.hostId && one.engineVersion === other.engineVersion && one.apiVersion === other.apiVersion
  );
}

function createListeners<T>() {
  const listeners = new Set<(value: T) => void>();
  return {
    add(listener: (value: T) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(value: T) {
      for (const listener of [...listeners]) listener(value);
    },
  };
}
