import type { Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createBackoff } from "../kit/backoff.ts";
import { wait } from "../kit/wait.ts";
import {
  certificateRenewed,
  certificateUnusable,
  doorOpened,
  doorStaysShut,
  doorStillShut,
} from "../telemetry/events/door.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { buildServer, type DoorServer } from "./build-server.ts";
import { type Certificate, type CertificatePaths, readCertificate, sameCertificate } from "./certificate.ts";
import { createDesk } from "./desk.ts";
import { doorUrl, type ListenAddress } from "./listen-address.ts";
import { listen, listenRemedy } from "./listening.ts";
import { createLogin, type LoginOptions } from "./login.ts";
import type { Route } from "./route.ts";

export interface DoorOptions {
  readonly listen: ListenAddress;
  readonly tls?: CertificatePaths;
  readonly login?: LoginOptions;
  readonly maxConnections: number;
  /** A test's own. */
  readonly times?: Partial<DoorTimes>;
}

export interface DoorTimes {
  /** A request's header has arrived within this. */
  readonly headMs: number;
  /** A connection between two requests. Longer than most intervals of scraping. */
  readonly idleMs: number;
  /** A client that takes nothing of its answer, and a stream that gives nothing. */
  readonly stallMs: number;
  /** What is open at a stop may take so long to end. */
  readonly stopMs: number;
  /** How often the certificate's files are looked at. */
  readonly renewMs: number;
  readonly retryMs: number;
  readonly maxRetryMs: number;
}

const TIMES: DoorTimes = {
  headMs: 10_000,
  idleMs: 65_000,
  stallMs: 60_000,
  stopMs: 1_000,
  renewMs: 10_000,
  retryMs: 2_000,
  maxRetryMs: 60_000,
};

export interface Door {
  /** Where it listens, as a client writes it; nothing while it does not. */
  readonly url: string | undefined;
  /** Whether it listens after the first attempt. If not, it goes on trying. */
  open(): Promise<boolean>;
  /** Nobody else gets in, streams end, other answers get a moment. */
  close(): Promise<void>;
}

/** The one HTTP server of the agent. */
export function createDoor(
  { listen: address, tls, login: loginOptions = {}, maxConnections, times: given }: DoorOptions,
  { routes, telemetry }: { routes: readonly Route[]; telemetry: Telemetry },
): Door {
  const times = { ...TIMES, ...given };
  const login = createLogin(loginOptions);
  const desk = createDesk({ routes, login, telemetry, maxRequests: maxConnections, stallMs: times.stallMs });
  const stopping = new AbortController();
  const shown = doorUrl(address, { secure: tls !== undefined });
  let server: DoorServer | undefined;
  let url: string | undefined;
  let trying: Promise<void> | undefined;

  async function tryOnce(): Promise<Error | undefined> {
    try {
      const certificate = tls && (await readCertificate(tls));
      const fresh = buildServer({ desk, certificate, maxConnections, telemetry, ...times });
      await listen(fresh, address);
      if (stopping.signal.aborted) {
        fresh.close();
        return undefined;
      }
      server = fresh;
      const port = address.kind === "tcp" ? (fresh.address() as AddressInfo).port : 0;
      url = address.kind === "tcp" ? doorUrl({ ...address, port }, { secure: tls !== undefined }) : shown;
      doorOpened(telemetry, { url, login: login.challenges.length > 0 });
      if (tls && certificate) void renew(fresh as SecureServer, tls, certificate);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  async function goOnTrying(first: Error) {
    const backoff = createBackoff({ firstMs: times.retryMs, maxMs: times.maxRetryMs });
    const said = new Set<string>();
    for (let error: Error | undefined = first; error !== undefined && !stopping.signal.aborted; ) {
      const retryInMs = backoff.next();
      const about = { address: shown, error: error.message, remedy: listenRemedy(error), retryInMs };
      if (said.has(error.message)) doorStillShut(telemetry, about);
      else doorStaysShut(telemetry, about);
      said.add(error.message);
      await wait(retryInMs, stopping.signal);
      if (!stopping.signal.aborted) error = await tryOnce();
    }
  }

  async function renew(open: SecureServer, paths: CertificatePaths, first: Certificate) {
    let present = first;
    let said = "";
    for (;;) {
      await wait(times.renewMs, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        const found = await readCertificate(paths);
        said = "";
        if (sameCertificate(found, present)) continue;
        open.setSecureContext(found);
        present = found;
        certificateRenewed(telemetry);
      } catch (error) {
        const text = (error as Error).message;
        if (text !== said) certificateUnusable(telemetry, text);
        said = text;
      }
    }
  }

  return {
    get url() {
      return url;
    },
    async open() {
      const error = await tryOnce();
      if (error !== undefined) trying = goOnTrying(error);
      return error === undefined;
    },
    async close() {
      stopping.abort();
      await trying;
      url = undefined;
      if (server === undefined) return;
      const closed = new Promise((resolve) => server?.close(resolve));
      const done = new AbortController();
      await desk.close(wait(times.stopMs, done.signal));
      done.abort();
      server.closeAllConnections();
      await closed;
    },
  };
}
