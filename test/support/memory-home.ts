import type { Home, Job, Layout } from '../../lib/dispatch/home.ts';
import { type Files, PortUnavailable, type Store, type TicketQueue } from '../../lib/dispatch/ports.ts';
import { processBell } from '../../lib/embedded/bell.ts';
import { MemoryWorld } from './memory/world.ts';

/** One use of a port by a process. */
export interface PortCall {
  /** 1 for the process's first. */
  readonly number: number;
  readonly name: CallName;
}
export type CallName =
  | `store.${'get' | 'put' | 'list' | 'remove'}`
  | `tickets.${'send' | 'receive' | 'hide' | 'delete' | 'drop' | 'isEmpty'}`
  | `files.${'open' | 'exists' | 'write' | 'remove'}`
  | 'outbound.send'
  | 'post'
  | 'jobs.start';

/** What can befall any call. */
type CommonFault =
  /** The process dies; the call has no effect. */
  | 'crash'
  /** The process dies after the call had its effect. */
  | 'crash after'
  /** No effect, and the caller hears of it. */
  | 'unavailable'
  /** It had its effect, but the caller hears an error. */
  | 'answer lost'
  /** It had its effect, but the caller hears of it a second later. */
  | 'late';

/** What can befall some calls; others take no harm from it. */
type SpecialFault =
  /** A put was made, but is answered like a lost race: the adapter's own second try met its first. */
  | 'refused'
  /** Without effect, though answered as if: a ticket, a hide, a delete or a job lost; nothing received. */
  | 'ignored'
  /** A ticket is sent twice, or can be received by another at once too. */
  | 'doubled';

export type Fault = CommonFault | SpecialFault;
export const FAULTS: readonly Fault[] = [
  ...(['crash', 'crash after', 'unavailable', 'answer lost', 'late'] as const),
  ...(['refused', 'ignored', 'doubled'] as const),
];

export interface HomeOptions {
  /** A new world if absent. Several homes in one world are several processes. */
  readonly world?: MemoryWorld;
  /** Where it differs from the world's, as with two versions that are deployed one after the other. */
  readonly layout?: Partial<Layout>;
  /** Queues can be asked whether they are empty, as where functions are given the tickets. */
  readonly tellsEmpty?: boolean;
  /** Asked before each call: it may take its time, let something else happen first, and say what goes wrong. */
  readonly onCall?: (call: PortCall) => Fault | undefined | Promise<Fault | undefined>;
}

/** A process died at a port call. It makes no further one: each ends like this. */
export class Crash extends Error {
  override name = 'Crash';
}

/** A home in memory, as one process sees it. */
export interface MemoryHome extends Home {
  readonly world: MemoryWorld;
  readonly isDead: boolean;
  /** The calls made so far. */
  readonly calls: readonly CallName[];
  /** Jobs started and not yet taken up; they die with the process. */
  readonly jobs: Job[];
  /** What the operator was told. */
  readonly warnings: readonly string[];
}

export function memoryHome(options: HomeOptions = {}): MemoryHome {
  const { world = new MemoryWorld(), layout, onCall, tellsEmpty = false } = options;
  const { clock, random } = world;
  const calls: CallName[] = [];
  const jobs: Job[] = [];
  const warnings: string[] = [];
  let isDead = false;

  const die = (): never => {
    isDead = true;
    throw new Crash();
  };

  const call: MakeCall = async (name, effect, special = {}) => {
    if (isDead) die();
    calls.push(name);
    const fault = await onCall?.({ number: calls.length, name });
    if (isDead || fault === 'crash') die();
    if (fault === 'unavailable') throw new PortUnavailable(`${name} did not take place`);
    const result = ((isSpecial(fault) && special[fault]) || effect)();
    if (fault === 'late') await clock.sleep(LATE_MILLIS);
    if (fault === 'crash after') die();
    if (fault === 'answer lost') throw new PortUnavailable(`nothing was heard of ${name}`);
    return result;
  };

  return {
    world,
    get isDead() {
      return isDead;
    },
    calls,
    jobs,
    warnings,
    store: storeOf(world, call),
    tickets: { ...ticketsOf(world, call), ...(tellsEmpty && emptinessOf(world, call)) },
    files: filesOf(world, call),
    outbound: {
      faultOf: address => (address.startsWith('lost:') ? `nothing can be sent to ${address}` : undefined),
      send: (_address, { message }) => call('outbound.send', () => void world.sent.push(message)),
      get listeners() {
        return world.listeners;
      },
    },
    posting: {
      faultOf: url => (url.startsWith('https:') ? undefined : 'it must begin with https:'),
      post: (url, request) => call('post', () => void world.posted.push({ url, ...request })),
    },
    clock,
    startJob: job => call('jobs.start', () => void jobs.push(job), { ignored: nothing }),
    newId: () => world.newId(),
    random,
    layout: { ...world.layout, ...layout },
    version: '0.0.0',
    warn: (message, error) => void warnings.push(`${message}: ${error}`),
  };
}

/** Makes a call, with what goes wrong with it; `special` has its effects under faults that fit it. */
type MakeCall = <T>(
  name: CallName,
  effect: () => T,
  special?: Partial<Record<SpecialFault, () => T>>,
) => Promise<T>;

function isSpecial(fault: Fault | undefined): fault is SpecialFault {
  return fault === 'refused' || fault === 'ignored' || fault === 'doubled';
}

const LATE_MILLIS = 1_000;
const nothing = () => undefined;

function storeOf({ items }: MemoryWorld, call: MakeCall): Store {
  return {
    get: key => call('store.get', () => items.get(key)),
    put(key, value, expected) {
      const put = () => items.put(key, value, expected);
      return call('store.put', put, { refused: () => put() && false });
    },
    list: (partition, page) => call('store.list', () => items.list(partition, page)),
    remove: keys => call('store.remove', () => items.remove(keys)),
  };
}

function ticketsOf({ queues, clock }: MemoryWorld, call: MakeCall): TicketQueue {
  const bell = processBell(clock, names => queues.earliest(names));
  return {
    bell,
    send(queue, tickets) {
      const send = () => {
        queues.send(queue, tickets);
        bell.due(queue, Math.min(...tickets.map(({ visibleAt }) => visibleAt)));
      };
      const doubled = () => {
        send();
        send();
      };
      return call('tickets.send', send, { ignored: nothing, doubled });
    },
    receive(queue) {
      const doubled = () => queues.receive(queue, { stays: true });
      return call('tickets.receive', () => queues.receive(queue), { ignored: nothing, doubled });
    },
    hide(queue, receipt, until) {
      const hide = () => {
        queues.hide(queue, receipt, until);
        bell.due(queue, until);
      };
      return call('tickets.hide', hide, { ignored: nothing });
    },
    delete(queue, receipt) {
      return call('tickets.delete', () => queues.delete(queue, receipt), { ignored: nothing });
    },
    async drop(queue) {
      await call('tickets.drop', () => queues.drop(queue));
      bell.ring(queue);
    },
  };
}

function emptinessOf({ queues, clock }: MemoryWorld, call: MakeCall): Pick<TicketQueue, 'isEmpty'> {
  return {
    isEmpty: queue => call('tickets.isEmpty', () => queues.earliest([queue]) > clock.now()),
  };
}

function filesOf({ bytes }: MemoryWorld, call: MakeCall): Files {
  return {
    faultOf: url => (url.startsWith('unserved:') ? `${url} is served nowhere` : undefined),
    replicaUrl: (url, expiresAt) => `${url}?until=${expiresAt}`,
    downloadUrl: (key, expiresAt) => `memory:/${key}?until=${expiresAt}`,
    uploadUrl: (key, expiresAt) => `memory:/${key}?put&until=${expiresAt}`,
    open(key) {
      return call('files.open', () => {
        const found = bytes.get(key);
        return found && chunksOf(found);
      });
    },
    exists: key => call('files.exists', () => bytes.has(key)),
    write: (key, written) => call('files.write', () => void bytes.set(key, written)),
    remove(key) {
      return call('files.remove', () => {
        for (const name of bytes.keys())
          if (key.endsWith('/') ? name.startsWith(key) : name === key) bytes.delete(name);
      });
    },
  };
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const CHUNK = 1024;
  for (let from = 0; from < bytes.length; from += CHUNK) yield bytes.subarray(from, from + CHUNK);
}
