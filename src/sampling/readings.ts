import { EngineError } from "../engine/engine.ts";
import { eachInPool } from "../kit/pool.ts";
import type { ContainerSample } from "../sample/container-sample.ts";
import type { SampleRequest, SampleSource } from "./sample-source.ts";

export interface ReadingOptions {
  /** How long a sweep waits for one container, which from then on is a laggard: read beside the sweeps, not within them. */
  readonly patienceMs: number;
  /** When a whole sweep is given up. */
  readonly deadlineMs: number;
}

export interface ReadFailure {
  readonly containerId: string;
  readonly name: string;
  readonly error: unknown;
  /** This failure is new: the container's last reading was right. */
  readonly changed: boolean;
}

export interface ReadingResults {
  readonly samples: readonly ContainerSample[];
  readonly failures: readonly ReadFailure[];
  /** When half of the containers read in this sweep had answered, by `performance.now()`; absent where none was read. */
  readonly medianAnswerAt?: number | undefined;
}

export interface Readings {
  /** Reads all, at most `concurrency` at once. Never rejects, and one container's silence costs the others `patienceMs`, once. */
  collect(requests: readonly SampleRequest[], concurrency: number): Promise<ReadingResults>;
}

type Outcome = { readonly sample: ContainerSample | undefined } | { readonly error: unknown };

interface Laggard {
  pending: boolean;
  /** What came after the sweep that asked for it; the next sweep reports it, with the time at which it was read. */
  arrived?: Outcome;
  prompt: boolean;
}

/** How a sweep goes, by `performance.now()`. */
interface Progress {
  readonly endsAt: number;
  readonly answeredAt: number[];
  late: number;
}

const LATE = Symbol("late");

export function createReadings(source: SampleSource, { patienceMs, deadlineMs }: ReadingOptions): Readings {
  const laggards = new Map<string, Laggard>();
  const failing = new Set<string>();

  function begin(request: SampleRequest) {
    return { startedAt: performance.now(), reading: read(request) };
  }

  async function read(request: SampleRequest): Promise<Outcome> {
    try {
      return { sample: await source.sample(request) };
    } catch (error) {
      return { error };
    }
  }

  function goOnBeside(
    id: string,
    laggard: Laggard,
    { reading, startedAt }: { reading: Promise<Outcome>; startedAt: number },
  ) {
    laggards.set(id, laggard);
    laggard.pending = true;
    void reading.then((outcome) => {
      laggard.pending = false;
      laggard.arrived = outcome;
      laggard.prompt = "sample" in outcome && performance.now() - startedAt < patienceMs;
    });
  }

  /**
   * One silent container is left behind after `patienceMs`. Where most are silent it is the engine that is slow: then the
   * sweep waits until its own end.
   */
  async function readWithin(request: SampleRequest, sweep: Progress): Promise<Outcome> {
    // Timers may fire a fraction of a millisecond early.
    if (performance.now() >= sweep.endsAt - 1) return { error: new Error("not asked: the engine was too slow") };
    const begun = begin(request);
    let outcome = await settled(begun.reading, patienceMs);
    if (outcome === LATE) {
      sweep.late++;
      if (sweep.late > sweep.answeredAt.length)
        outcome = await settled(begun.reading, sweep.endsAt - performance.now());
    }
    if (outcome !== LATE) {
      if ("sample" in outcome) sweep.answeredAt.push(performance.now());
      return outcome;
    }
    // It is late already, however little is missing: never prompt.
    goOnBeside(idOf(request), { pending: true, prompt: false }, { ...begun, startedAt: Number.NEGATIVE_INFINITY });
    return { error: new Error(`no answer within ${Math.round(performance.now() - begun.startedAt)} ms`) };
  }

  /** The laggard's late answer if there is one, and the next request for it on its way. */
  function takeLate(request: SampleRequest, laggard: Laggard): Outcome {
    const arrived = laggard.arrived ?? { error: new Error(`no answer within ${deadlineMs} ms`) };
    const outcome = isOfToday(arrived, request)
      ? arrived
      : { error: new Error("the container changed before it answered") };
    delete laggard.arrived;
    if (laggard.prompt) laggards.delete(idOf(request));
    else if (!laggard.pending) goOnBeside(idOf(request), laggard, begin(request));
    return outcome;
  }

  return {
    async collect(requests, concurrency) {
      const outcomes = new Map<SampleRequest, Outcome>();
      const prompt: SampleRequest[] = [];
      for (const request of requests) {
        const laggard = laggards.get(idOf(request));
        if (laggard === undefined) prompt.push(request);
        else outcomes.set(request, takeLate(request, laggard));
      }
      const sweep: Progress = { endsAt: performance.now() + deadlineMs, answeredAt: [], late: 0 };
      await eachInPool(prompt, concurrency, async (request) => {
        outcomes.set(request, await readWithin(request, sweep));
      });
      forgetOthers(requests, laggards, failing);
      return { ...sorted(requests, outcomes, failing), medianAnswerAt: sweep.answeredAt[sweep.answeredAt.length >> 1] };
    },
  };
}

/** A late answer was asked for under the name, and in the run, that the container had then. */
function isOfToday(outcome: Outcome, { description }: SampleRequest): boolean {
  return "error" in outcome || outcome.sample === undefined || outcome.sample.identity === description.identity;
}

/** The outcome, or LATE after `withinMs`. A promise of readings never rejects. */
function settled(reading: Promise<Outcome>, withinMs: number): Promise<Outcome | typeof LATE> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.ceil(withinMs), LATE);
    void reading.then((outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    });
  });
}

function idOf(request: SampleRequest): string {
  return request.container.summary.Id;
}

function forgetOthers(requests: readonly SampleRequest[], laggards: Map<string, Laggard>, failing: Set<string>) {
  const present = new Set(requests.map(idOf));
  for (const id of laggards.keys()) if (!present.has(id)) laggards.delete(id);
  for (const id of failing) if (!present.has(id)) failing.delete(id);
}

function sorted(
  requests: readonly SampleRequest[],
  outcomes: Map<SampleRequest, Outcome>,
  failing: Set<string>,
): Pick<ReadingResults, "samples" | "failures"> {
  const samples: ContainerSample[] = [];
  const failures: ReadFailure[] = [];
  for (const request of requests) {
    const id = idOf(request);
    const outcome = outcomes.get(request) as Outcome;
    if ("error" in outcome) {
      // Removed between list and stats: an expected end.
      if (outcome.error instanceof EngineError && outcome.error.kind === "not-found") continue;
      const name = request.description.identity.name;
      failures.push({ containerId: id, name, error: outcome.error, changed: !failing.has(id) });
      failing.add(id);
    } else {
      failing.delete(id);
      if (outcome.sample !== undefined) samples.push(outcome.sample);
    }
  }
  return { samples, failures };
}
