import { type CallOptions, type Client, RefusedError, UnreachableError } from '../../lib/client/index.ts';
import { PROBLEMS, type ProblemCode } from '../../lib/contract/problems.ts';
import type { RouteInput, RouteReply } from '../../lib/contract/routes.ts';
import type { VirtualClock } from './virtual-clock.ts';

type Verb = 'advance' | 'heartbeat' | 'held' | 'output';
type ReserveReply = NonNullable<RouteReply<'advance'>['next']>;
type ReportResult = RouteReply<'advance'>['results'][number];
type Reservation = RouteReply<'held'>['reservations'][number];

/** A call that reached the server. */
export type Arrival = {
  [V in 'advance' | 'heartbeat' | 'held']: { verb: V; input: RouteInput<V> };
}['advance' | 'heartbeat' | 'held'];

interface Lease {
  readonly token: string;
  readonly worker: string;
  readonly requestId: string;
  deadline: number | null;
}

interface File {
  readonly did: string;
  state: 'ready' | 'reserved' | 'done' | 'failed';
  attempts: number;
  lease?: Lease;
  /** What each of its tokens was reported as, and the state then. */
  readonly past: Map<string, string>;
}

export interface FakeServerOptions {
  readonly clock: VirtualClock;
  readonly files: readonly string[];
  readonly leaseSeconds?: number | null;
  readonly maxAttempts?: number;
  readonly retryAfterSeconds?: number;
}

/** A server of one project, number 7, in memory: leases, tokens and repeated requests as the contract has them. */
export class FakeServer {
  readonly files: ReadonlyMap<string, File>;
  readonly arrivals: Arrival[] = [];
  /** Most files that were reserved at once. */
  mostReserved = 0;
  /** No call arrives. */
  away = false;
  /** No call is ever answered, nor refused. */
  silent = false;
  /** So many advances take effect while their answers are lost. */
  answersToLose = 0;
  /** The code with which requests for files are refused. */
  refusesFiles: ProblemCode | undefined;
  /** The code with which everything is refused. */
  refusesAll: ProblemCode | undefined;
  /** The code with which the next call is refused. */
  refusesNext: ProblemCode | undefined;
  cancelled = false;
  uploadUrl = '';
  readonly #options: FakeServerOptions;
  #tokens = 0;
  #changed = Promise.withResolvers<void>();

  constructor(options: FakeServerOptions) {
    this.#options = options;
    this.files = new Map(
      options.files.map(did => [did, { did, state: 'ready', attempts: 0, past: new Map() }]),
    );
  }

  readonly client: Pick<Client, Verb> = {
    advance: (input, options) =>
      this.#call({ verb: 'advance', input }, options, () => this.#advance(input, options)),
    heartbeat: (input, options) =>
      this.#call({ verb: 'heartbeat', input }, options, () => this.#heartbeat(input)),
    held: (input, options) => this.#call({ verb: 'held', input }, options, () => this.#held(input)),
    output: async () => ({ method: 'PUT', url: this.uploadUrl, expiresAt: this.#now() + 60_000 }),
  };

  counts(): Record<File['state'], number> {
    const counts = { ready: 0, reserved: 0, done: 0, failed: 0 };
    for (const { state } of this.files.values()) counts[state] += 1;
    return counts;
  }

  /** How many files a worker holds. */
  heldBy(worker: string): number {
    this.#expire();
    return [...this.files.values()].filter(({ lease }) => lease?.worker === worker).length;
  }

  /** The inputs of the calls of one verb that arrived. */
  inputs<V extends Arrival['verb']>(verb: V): Extract<Arrival, { verb: V }>['input'][] {
    return this.arrivals.filter(arrival => arrival.verb === verb).map(({ input }) => input);
  }

  /** Takes a file from whoever holds it, and gives it to somebody else. */
  giveAway(did: string): void {
    const file = this.#file(did);
    this.#lease(file, { worker: 'somebody-else', requestId: 'theirs' });
  }

  /** Reserves files for a worker, as an earlier life of it did. */
  reserveFor(worker: string, ...dids: string[]): string[] {
    return dids.map(did => this.#lease(this.#file(did), { worker, requestId: 'earlier' }).token);
  }

  makeReady(did: string): void {
    const file = this.#file(did);
    file.state = 'ready';
    delete file.lease;
    this.#ring();
  }

  #file(did: string): File {
    const file = this.files.get(did);
    if (!file) throw new Error(`the test has no file ${did}`);
    return file;
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #ring(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #call<T>(arrival: Arrival, options: CallOptions | undefined, act: () => T | Promise<T>): Promise<T> {
    await Promise.resolve();
    if (this.silent) await aborted(options?.signal);
    if (this.away) throw new UnreachableError('no answer: connection refused');
    this.arrivals.push(arrival);
    const code = this.refusesNext ?? this.refusesAll;
    this.refusesNext = undefined;
    if (code) throw refusal(code);
    const reply = await act();
    this.mostReserved = Math.max(this.mostReserved, this.counts().reserved);
    if (arrival.verb === 'advance' && this.answersToLose > 0) {
      this.answersToLose -= 1;
      throw new UnreachableError('no answer: connection reset');
    }
    return structuredClone(reply);
  }

  async #advance(input: RouteInput<'advance'>, options?: CallOptions): Promise<RouteReply<'advance'>> {
    if (input.reserve && this.refusesFiles) throw refusal(this.refusesFiles);
    if (input.reserve && this.cancelled) throw refusal('project_inactive');
    const results = [
      ...(input.done ?? []).map(item => this.#report(tokenOf(item), 'done')),
      ...(input.failed ?? []).map(item => this.#report(tokenOf(item), item.retry ? 'ready' : 'failed')),
      ...(input.released ?? []).map(item => this.#report(tokenOf(item), 'released')),
    ];
    if (!input.reserve) return { results };
    const { waitSeconds = 0 } = input.reserve;
    const until = this.#now() + waitSeconds * 1000;
    let next = this.#reserve(input);
    while (next.status === 'wait' && this.#now() < until) {
      const later = this.#options.clock.sleep(until - this.#now());
      await Promise.race([later, this.#changed.promise, aborted(options?.signal)]);
      next = this.#reserve(input);
    }
    return { results, next };
  }

  #reserve({ worker, requestId = '', reserve }: RouteInput<'advance'>): ReserveReply {
    this.#expire();
    const files = [...this.files.values()];
    const before = files.filter(({ lease }) => lease?.requestId === requestId);
    const ready = files.filter(({ state }) => state === 'ready').slice(0, reserve?.count ?? 1);
    for (const file of before.length > 0 ? [] : ready) this.#lease(file, { worker, requestId });
    const leased = before.length > 0 ? before : ready;
    if (leased.length > 0) return { status: 'reserved', reservations: leased.map(reservationOf) };
    const { reserved, failed } = this.counts();
    if (reserved === 0) return { status: 'done', state: failed > 0 ? 'failed' : 'done' };
    return { status: 'wait', retryAfterSeconds: this.#options.retryAfterSeconds ?? 5 };
  }

  #lease(file: File, by: { worker: string; requestId: string }): Lease {
    this.#tokens += 1;
    const lease = { ...by, token: `7.${file.did}.${this.#tokens}`, deadline: this.#deadline() };
    file.state = 'reserved';
    file.attempts += 1;
    file.lease = lease;
    return lease;
  }

  #deadline(): number | null {
    const { leaseSeconds = 60 } = this.#options;
    return leaseSeconds === null ? null : this.#now() + leaseSeconds * 1000;
  }

  #expire(): void {
    for (const file of this.files.values())
      if (file.lease && (file.lease.deadline ?? Number.POSITIVE_INFINITY) <= this.#now()) {
        file.state = 'ready';
        delete file.lease;
      }
  }

  #report(token: string, as: 'done' | 'ready' | 'failed' | 'released'): ReportResult {
    const file = [...this.files.values()].find(
      ({ lease, past }) => lease?.token === token || past.has(token),
    );
    if (file?.past.get(token) === as) return { accepted: true, token, state: file.state, repeated: true };
    if (file?.lease?.token !== token)
      return {
        accepted: false,
        token,
        code: 'overtaken',
        detail: 'the file was given to somebody else since',
      };
    const spent = as === 'ready' && file.attempts >= (this.#options.maxAttempts ?? 10);
    if (as === 'released') file.attempts -= 1;
    file.state = spent ? 'failed' : as === 'released' ? 'ready' : as;
    file.past.set(token, as);
    delete file.lease;
    this.#ring();
    return { accepted: true, token, state: file.state, repeated: false };
  }

  #heartbeat({ worker, tokens = [] }: RouteInput<'heartbeat'>): RouteReply<'heartbeat'> {
    const leases = new Map(
      [...this.files.values()].flatMap(({ lease }) =>
        lease?.worker === worker ? [[lease.token, lease]] : [],
      ),
    );
    const kept = tokens.flatMap(token => leases.get(token) ?? []);
    for (const lease of kept) lease.deadline = this.#deadline();
    return {
      kept: kept.map(({ token, deadline }) => ({ token, deadline })),
      lost: tokens.filter(token => !leases.has(token)),
      cancelled: this.cancelled,
    };
  }

  #held({ worker, token }: RouteInput<'held'>): RouteReply<'held'> {
    this.#expire();
    const held = [...this.files.values()].filter(
      ({ lease }) => lease?.worker === worker && (token === undefined || lease.token === token),
    );
    return { reservations: held.map(reservationOf) };
  }
}

/** A refusal as the client reports it. */
export function refusal(code: ProblemCode): RefusedError {
  const { status, title } = PROBLEMS[code];
  return new RefusedError({ type: 'about:blank', title, status, code, detail: title });
}

function tokenOf(item: string | { token: string } | { did: string }): string {
  if (typeof item === 'string') return item;
  if ('token' in item) return item.token;
  throw new Error('the worker reports by token');
}

function reservationOf({ did, attempts, lease }: File): Reservation {
  if (!lease) throw new Error(`${did} is not reserved`);
  const { token, worker, deadline } = lease;
  const replicas = ['near', 'far'].map((host, proximity) => ({
    url: `http://${host}.example/${did}`,
    proximity,
  }));
  return { token, worker, did, attempt: attempts, deadline, replicas };
}

/** Fails with the signal's reason once it is aborted. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
