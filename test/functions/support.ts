import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { type LocalOptions, startLocal } from '../../functions/local.ts';
import { matchRoute } from '../../functions/match-route.ts';
import { type Client, createClient, RefusedError } from '../../lib/client/index.ts';
import { PROBLEMS, Problem, type ProblemCode } from '../../lib/contract/problems.ts';
import { problemsOf, type RouteReply, routes } from '../../lib/contract/routes.ts';
import type { FileSpec } from '../../lib/contract/words.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** A clock that a test moves, and that tells when somebody waits for it. */
export class WatchedClock extends VirtualClock {
  #sleepers = 0;

  override async sleep(millis: number, signal?: AbortSignal): Promise<void> {
    this.#sleepers += 1;
    await super.sleep(millis, signal);
    this.#sleepers -= 1;
  }

  /** Resolves when so many wait for this clock, the sweep among them. */
  async untilAsleep(sleepers: number): Promise<void> {
    while (this.#sleepers !== sleepers) await turn();
  }
}

export interface TestServer {
  readonly url: string;
  /** Holds the database `sluice.db`. */
  readonly folder: string;
  readonly clock: WatchedClock;
  /** Without a token, or with that of the first user. */
  readonly client: Client;
  clientOf(token: string): Client;
  /** Stops the server; the folder stays until the test ends. */
  close(): Promise<void>;
}

/**
 * The whole of Sluice in this process, on a free port, in a folder and with a clock of the test's own.
 * Each answer that a client of it gets is compared with what the contract declares.
 */
export async function startTestServer(options: Partial<LocalOptions> = {}): Promise<TestServer> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-api-')));
  const clock = new WatchedClock();
  const warn = (message: string, error: unknown) => expect.unreachable(`${message}: ${error}`);
  const sluice = await startLocal({ folder, port: 0, durability: 'normal', clock, warn, ...options });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= sluice.close());
  onTestFinished(async () => {
    await close();
    await rm(folder, { recursive: true });
  });
  const clientOf = (token?: string) => createClient({ server: sluice.url, token, fetch: fetchAsDeclared });
  return {
    url: sluice.url,
    folder: options.folder ?? folder,
    clock,
    client: clientOf(options.tokens?.[0]?.token),
    clientOf,
    close,
  };
}

/** `fetch`, which fails the test when an answer is not one that the contract declares for its verb. */
const fetchAsDeclared: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const { pathname } = new URL(String(input));
  const match = matchRoute(init?.method ?? 'GET', pathname);
  const body: unknown = await response.clone().json();
  if ('error' in match) throw new Error(`${pathname} is no verb`);
  const route = routes[match.name];
  if (response.ok) {
    expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({
      status: route.status,
      type: 'application/json',
    });
    route.reply.parse(body);
  } else {
    const { code, status } = Problem.parse(body);
    expect(problemsOf(route), `${match.name} says nothing of ${code}`).toContain(code);
    expect(status).toBe(response.status);
    expect(PROBLEMS[code].status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  }
  return response;
};

/** The code and the sentence with which a call is refused. */
export async function refusalOf(call: Promise<unknown>): Promise<{ code: ProblemCode; detail: string }> {
  const error = await call.then(
    answer => expect.unreachable(`it was not refused: ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  if (!(error instanceof RefusedError)) throw error;
  return { code: error.code, detail: error.problem.detail };
}

export async function codeOf(call: Promise<unknown>): Promise<ProblemCode> {
  return (await refusalOf(call)).code;
}

/** The project once it is loaded, or the problem with its manifest. */
export async function untilLoaded(
  client: Client,
  project: number,
): Promise<RouteReply<'showProject'> | Problem> {
  for (;;) {
    try {
      const shown = await client.showProject({ project });
      if (shown.state !== 'loading') return shown;
    } catch (error) {
      if (error instanceof RefusedError) return error.problem;
      throw error;
    }
  }
}

/** Files `f0`, `f1`, …, each with a replica. */
export function files(count: number, fields: Partial<FileSpec> = {}): FileSpec[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `f${index}`,
    replicas: [{ url: `https://host/f${index}` }],
    ...fields,
  }));
}

export type ReserveReply = RouteReply<'reserve'>;

/** The reservations of a reply that must have some. */
export function reservationsIn(reply: ReserveReply | undefined) {
  if (reply?.status !== 'reserved') throw new Error(`nothing was reserved: ${JSON.stringify(reply)}`);
  return reply.reservations;
}

/** The DIDs of a reply that must have reserved files. */
export function didsIn(reply: ReserveReply | undefined): string[] {
  return reservationsIn(reply).map(({ did }) => did);
}

/** The only token of a reply that must have reserved one file. */
export function tokenIn(reply: ReserveReply | undefined): string {
  const [only, ...others] = reservationsIn(reply);
  if (!only || others.length > 0) throw new Error('not one file was reserved');
  return only.token;
}
