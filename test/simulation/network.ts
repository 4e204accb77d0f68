import type { HttpReply } from '../../functions/http.ts';
import type { Fetch } from '../../lib/client/over-http.ts';
import type { Operation } from './history.ts';
import type { Host } from './scheduler.ts';
import type { Service } from './service.ts';
import type { World } from './world.ts';

type Reply = Awaited<ReturnType<Fetch>>;

/** The network between callers and the service. */
export class Network {
  readonly #world: World;
  readonly #service: Service;

  constructor(world: World, service: Service) {
    this.#world = world;
    this.#service = service;
  }

  /** `fetch` as a program on this host has it. */
  fetchFrom(host: Host): Fetch {
    return (url, init) =>
      new Promise((resolve, reject) => {
        const { signal } = init;
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        this.#carry(
          host,
          { method: init.method ?? 'GET', url, body: String(init.body ?? '') },
          {
            answer: reply => this.#toCaller(host, () => resolve(replyOf(reply))),
            reset: () => this.#toCaller(host, () => reject(new Error('the connection was reset'))),
          },
        );
      });
  }

  #toCaller(host: Host, heard: () => void): void {
    const { scheduler, dice } = this.#world;
    scheduler.after(dice.below(20), host, heard);
  }

  /** Brings a request to the service and its answer back, or not. */
  #carry(host: Host, request: Request, { answer, reset }: Ears): void {
    const world = this.#world;
    const fate = world.strikes(
      host,
      ...([
        'request-lost',
        'connection-reset',
        'answer-lost',
        'request-doubled',
        'storm-429',
        'outage',
      ] as const),
    );
    if (fate === 'request-lost') return;
    if (fate === 'connection-reset') {
      reset();
      return;
    }
    if (fate === 'storm-429') world.weather.beginThrottling();
    if (fate === 'outage') world.weather.beginOutage();
    if (world.weather.refusesRequest) {
      answer(TOO_MANY);
      return;
    }
    const tries = fate === 'request-doubled' ? 2 : 1;
    for (let n = 0; n < tries; n += 1)
      world.scheduler.after(world.dice.below(n === 0 ? 20 : 3_000), world.nowhere, async () => {
        const reply = await this.#serve(host, request);
        if (fate === 'answer-lost') return;
        // What a gateway says when the function behind it died.
        if (reply) answer(reply);
        else world.scheduler.after(1_000, world.nowhere, () => answer(BAD_GATEWAY));
      });
  }

  async #serve(host: Host, { method, url, body }: Request): Promise<HttpReply | undefined> {
    const operation = this.#world.history.begin({
      caller: host.name,
      ...namesOf(method, url.pathname),
      input: body ? objectOf(body) : Object.fromEntries(url.searchParams),
    });
    const reply = await this.#service.handle({
      rawPath: url.pathname,
      rawQueryString: url.search.slice(1),
      headers: {},
      requestContext: { http: { method }, authorizer: { sluice: { user: 'ann', roles: [], admin: true } } },
      ...(body && { body }),
    });
    if (reply) this.#world.history.end(operation, reply.statusCode, objectOf(reply.body));
    else this.#world.history.lose(operation);
    return reply;
  }
}

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

interface Ears {
  readonly answer: (reply: HttpReply) => void;
  readonly reset: () => void;
}

const TOO_MANY: HttpReply = { statusCode: 429, headers: {}, body: '{"Message":"Rate Exceeded."}' };
const BAD_GATEWAY: HttpReply = { statusCode: 502, headers: {}, body: 'Internal Server Error' };

/** What a request asks, and about what: `/v1/projects/7/advance`, `/v1/tasks/q-3`, `/v1/tasks/reserve`. */
function namesOf(method: string, path: string): Pick<Operation, 'kind' | 'about' | 'verb'> {
  const [, , kind = '', first, second] = path.split('/');
  if (first === undefined) return { kind, about: undefined, verb: method === 'POST' ? 'create' : 'list' };
  if (kind === 'tasks' && !/-\d+$/.test(first)) return { kind, about: undefined, verb: first };
  return { kind, about: first, verb: second ?? method };
}

function replyOf({ statusCode, body }: HttpReply): Reply {
  return { status: statusCode, text: async () => body };
}

function objectOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
