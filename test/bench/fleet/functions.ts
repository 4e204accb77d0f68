import { Catalogue, encodeFile, Page } from '../../../lib/dispatch/catalogue.ts';
import { type Context, createContext } from '../../../lib/dispatch/context.ts';
import type { Home } from '../../../lib/dispatch/home.ts';
import type { PagedProject, Pages } from '../../../lib/dispatch/pages/pages.ts';
import type { Service } from './table.ts';

/** Requests that an account runs at once, unless it asks for more. */
const CONCURRENCY = 1_000;
/** What a function takes beside its calls of AWS: parsing, checking, deciding, signing. */
const HANDLER_MILLIS = 15;
const COLD_START_MILLIS = 400;
const CACHED_PAGES = 512;
const SLOTS = 256;
const LINE = encodeFile({ did: 'a-file', replicas: [] });

/** A page has to be fetched as ever, but is not unpacked: here all files are alike. */
class AlikeCatalogue extends Catalogue {
  readonly #pages: Pages;
  readonly #cached = new Set<number>();
  readonly #page = new Page(Array.from({ length: SLOTS }, () => LINE));

  constructor(pages: Pages) {
    super(pages);
    this.#pages = pages;
  }

  override async read(project: PagedProject, block: number): Promise<Page> {
    if (this.#cached.has(block)) return this.#page;
    await this.#pages.read({ project, kind: 'files' }, block);
    const [oldest] = this.#cached;
    if (this.#cached.size >= CACHED_PAGES && oldest !== undefined) this.#cached.delete(oldest);
    this.#cached.add(block);
    return this.#page;
  }
}

/** A function of Lambda was not run, because too many are: to be tried again later. */
export class TooManyRequests extends Error {}

/** Functions as Lambda runs them: a process answers one request at a time, and the last one to be free is the next. */
export class Functions {
  readonly #home: Home;
  readonly #service: Service;
  readonly #idle: Context[] = [];
  #running = 0;

  constructor(home: Home, service: Service) {
    this.#home = home;
    this.#service = service;
  }

  async invoke<T>(request: (context: Context) => Promise<T>): Promise<T> {
    const { clock } = this.#service;
    if (this.#running >= CONCURRENCY) {
      this.#service.meter.refused += 1;
      throw new TooManyRequests();
    }
    this.#running += 1;
    this.#service.meter.invocations += 1;
    this.#service.meter.mostRunning = Math.max(this.#service.meter.mostRunning, this.#running);
    const warm = this.#idle.pop();
    if (!warm) await clock.sleep(COLD_START_MILLIS);
    const process = warm ?? this.process();
    const begun = clock.now();
    try {
      await clock.sleep(HANDLER_MILLIS);
      return await request(process);
    } finally {
      this.#service.meter.lambdaMillis += clock.now() - begun;
      this.#running -= 1;
      this.#idle.push(process);
    }
  }

  /** A process of Sluice that remembers nothing yet. */
  process(): Context {
    const context = createContext(this.#home);
    return { ...context, catalogue: new AlikeCatalogue(context.pages) };
  }
}
