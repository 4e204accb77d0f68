import { mkdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Configuration } from '../lib/contract/queues.ts';
import { createContext, forget } from '../lib/dispatch/context.ts';
import type { Job } from '../lib/dispatch/home.ts';
import { runJob } from '../lib/dispatch/jobs.ts';
import type { Clock } from '../lib/dispatch/ports.ts';
import { sweep } from '../lib/dispatch/sweep.ts';
import { declare } from '../lib/dispatch/tasks/declare.ts';
import { authenticator, bindFault, strangerFault, type TokenFile } from '../lib/embedded/access.ts';
import { Database, type Durability } from '../lib/embedded/database.ts';
import { folderFiles } from '../lib/embedded/folder-files.ts';
import { frugally } from '../lib/embedded/frugal.ts';
import { posting } from '../lib/embedded/posting.ts';
import { createLocalServer } from '../lib/embedded/server.ts';
import { SignedUrls } from '../lib/embedded/signed-urls.ts';
import { sqliteStore } from '../lib/embedded/sqlite-store.ts';
import { sqliteTickets } from '../lib/embedded/sqlite-tickets.ts';
import { removeIncoming } from '../lib/embedded/store-whole.ts';
import { systemClock } from '../lib/embedded/system-clock.ts';
import { urlSecret } from '../lib/embedded/url-secret.ts';
import { apiHandler } from './api.ts';

export interface LocalOptions {
  /** Folder of the database, manifests and outputs; made when it is not there. */
  readonly folder: string;
  /** Address to listen at; other than loopback needs tokens. Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Default 8470; 0 = any free port. */
  readonly port?: number | undefined;
  /** Folders whose files may be handed out. */
  readonly shares?: readonly string[] | undefined;
  readonly tokens?: TokenFile | undefined;
  readonly durability?: Durability | undefined;
  /** Queues, bindings and configurations that are to be there. */
  readonly configuration?: Configuration | undefined;
  /** The server's URL as workers see it, when it is not the address it listens at. */
  readonly publicUrl?: string | undefined;
  readonly warn?: ((message: string, error: unknown) => void) | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

/** A Sluice that runs in this process. */
export interface LocalSluice {
  /** Its base URL. */
  readonly url: string;
  /** Stops listening, lets requests under way end, and closes the database. */
  close(): Promise<void>;
}

export const DEFAULT_PORT = 8470;
const DEFAULT_HOST = '127.0.0.1';
const SWEEP_MILLIS = 60_000;

/** Starts the whole of Sluice on this machine: database, files, sweep and server. */
export async function startLocal(options: LocalOptions): Promise<LocalSluice> {
  const { folder, host = DEFAULT_HOST, tokens = [] } = options;
  const fault = bindFault(host, tokens);
  if (fault) throw new Error(fault);
  await mkdir(folder, { recursive: true });
  // It locks the folder: nothing in there may be touched before, as another Sluice may be at work on it.
  const database = new Database({ path: join(folder, 'sluice.db'), durability: options.durability });
  try {
    return await startOn(database, options);
  } catch (error) {
    database.close();
    throw error;
  }
}

async function startOn(database: Database, options: LocalOptions): Promise<LocalSluice> {
  const { folder, host = DEFAULT_HOST, port = DEFAULT_PORT, tokens = [], clock = systemClock } = options;
  const warn = options.warn ?? ((message, error) => console.error(message, error));
  await removeIncoming(folder);

  const store = sqliteStore(database);
  let base = '';
  const urls = new SignedUrls(await urlSecret(store), () => base);
  const settled = () => database.settled();
  const files = folderFiles({ folder, shares: options.shares ?? [], urls, settled });
  const jobs = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const context = createContext({
    store,
    tickets: sqliteTickets(database, clock),
    files,
    clock,
    posting: posting({ mayBeLoopback: true, settled }),
    startJob: async job => startOnce(job),
    newId: () => crypto.randomUUID().slice(0, 8),
    random: Math.random,
    layout: {
      name: 'embedded',
      signIn: 'this server needs a token it knows: Authorization: Bearer …',
      ways: 1,
      pagesIn: 'store',
      maxSlots: 256,
      maxLeases: 256,
      blockBytes: Number.POSITIVE_INFINITY,
      taskNumbers: 1,
      contentShare: 1,
      ticketRestsFrom: Number.POSITIVE_INFINITY,
      projectCacheMillis: Number.POSITIVE_INFINITY,
      // The database answers at once.
      requestsAtOnce: 1,
      pagesAtOnce: 1,
      retryAfterSeconds: 1,
      // They wait here, which costs nothing.
      waitsPerMinute: Number.POSITIVE_INFINITY,
    },
    version: await packageVersion(),
    warn,
  });
  database.onLost = () => forget(context);
  const { configuration } = options;
  if (configuration) await database.durably(() => declare(context, configuration));

  function startOnce(job: Job): void {
    const name = `${job.kind} ${job.project}`;
    if (jobs.has(name)) return;
    const running = database
      .durably(() => frugally(() => runJob(context, job)))
      .catch(error => {
        if (!stopping.signal.aborted) warn(`${name} failed`, error);
      })
      .finally(() => jobs.delete(name));
    jobs.set(name, running);
  }

  /** Requests, also of callers who have hung up. */
  const underWay = new Set<Promise<unknown>>();
  const server = createLocalServer({
    api: apiHandler(context),
    authenticate: authenticator(tokens),
    strangerFault: strangerFault(tokens, options.publicUrl),
    durably(work) {
      const done = database.durably(work).finally(() => underWay.delete(done));
      underWay.add(done);
      return done;
    },
    files,
    urls,
    now: () => clock.now(),
    warn,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  base = options.publicUrl?.replace(/\/+$/, '') ?? urlOf(server.address());

  const sweeping = sweepAgain();
  async function sweepAgain(): Promise<void> {
    while (!stopping.signal.aborted) {
      await database
        .durably(() => sweep(context))
        .catch(error => {
          if (!stopping.signal.aborted) warn('the sweep failed', error);
        });
      await clock.sleep(SWEEP_MILLIS, stopping.signal);
    }
  }

  return {
    url: base,
    async close() {
      server.closeIdleConnections();
      const closed = new Promise(resolve => server.close(resolve));
      setTimeout(() => server.closeAllConnections(), 2_000).unref();
      await closed;
      await Promise.allSettled(underWay);
      // Jobs and the sweep end at their next step; jobs are taken up by the sweep of the next start.
      stopping.abort();
      database.close();
      await Promise.all([sweeping, ...jobs.values()]);
    },
  };
}

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the server has no address');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}
