import type { Home } from '../../lib/dispatch/home.ts';
import {
  type Clock,
  type Files,
  type Outbound,
  PortUnavailable,
  type Store,
  type TicketQueue,
} from '../../lib/dispatch/ports.ts';
import { processBell } from '../../lib/embedded/bell.ts';
import type { Fault } from './faults.ts';
import type { Host } from './scheduler.ts';
import type { World } from './world.ts';

/** How long SQS hides a received ticket, delays one, and hides one at most. */
const VISIBILITY_MILLIS = 30_000;
const MOST_DELAYED_MILLIS = 900_000;
const MOST_HIDDEN_MILLIS = 12 * 3_600_000;

/** The ports as one process sees them, with all that can befall its calls. */
export function portsOf(
  world: World,
  host: Host,
): Pick<Home, 'store' | 'tickets' | 'files' | 'outbound' | 'clock'> {
  const clock = clockOf(world, host);
  const call = callerOf(world, host);
  return {
    store: storeOf(world, host, call),
    tickets: ticketsOf(world, host, call, clock),
    files: filesOf(world, call),
    outbound: outboundOf(world, call),
    clock,
  };
}

/** The time by a host's own clock. */
export function clockOf({ scheduler }: World, host: Host): Clock & { turn(): Promise<void> } {
  return {
    now: () => scheduler.now + host.clockOffset,
    sleep: (millis, signal) => scheduler.sleep(millis, host, signal),
    turn: () => scheduler.sleep(0, host),
  };
}

/** Makes a call that some faults can befall: `effect` is told which of them does. */
type Call = <F extends Fault, T>(
  faults: readonly F[],
  effect: (fault: F | undefined) => T | Promise<T>,
) => Promise<T>;

/** What can befall any call. */
const COMMON = ['killed', 'throttled', 'slow', 'clock-stepped-back'] as const;

/** Never comes: the host is dead. */
const NEVER = new Promise<never>(() => {});

function callerOf(world: World, host: Host): Call {
  const { dice, scheduler } = world;
  return async (faults, effect) => {
    world.portCalls += 1;
    const fault: Fault | undefined = world.strikes<Fault>(host, ...COMMON, ...faults);
    await world.latency(host);
    if (fault === 'slow') await scheduler.sleep(dice.between(1, world.plan.hasSweep ? 40 : 4) * 1000, host);
    if (fault === 'clock-stepped-back')
      host.clockOffset = dice.between(-world.plan.mostSkewMillis, host.clockOffset);
    if (fault === 'throttled') throw new PortUnavailable('throttled');
    if (world.weather.isOutage) throw new PortUnavailable('the service is away');
    if (fault === 'killed' && dice.chance(0.5)) return die(world, host);
    world.disk?.write();
    const result = await effect(faults.find(own => own === fault));
    return fault === 'killed' ? die(world, host) : result;
  };
}

/** The process dies, and with it what it wrote last, unless that is on the disk. */
function die(world: World, host: Host): Promise<never> {
  host.die();
  if (world.disk && world.strikes(host, 'writes-lost')) world.disk.lose();
  return NEVER;
}

function storeOf(world: World, host: Host, call: Call): Store {
  const { items, formerItems, dice, scheduler } = world;
  return {
    get: key => call(['read-stale'], fault => ((fault && formerItems) ?? items).get(key)),
    put: (key, value, expected) =>
      call(['write-unanswered', 'write-not-made', 'write-refused-own', 'timed-out'], async fault => {
        if (fault === 'write-not-made') {
          await scheduler.sleep(1_000, host);
          throw new PortUnavailable('nothing was heard of a write that was not made');
        }
        formerItems?.note(key);
        const isMade = items.put(key, value, expected);
        if (fault === 'write-unanswered') throw new PortUnavailable('nothing was heard of a write');
        if (fault === 'timed-out') return die(world, host);
        if (fault !== 'write-refused-own' || !isMade) return isMade;
        // As the adapter of DynamoDB resolves it: its mark on the item tells whose write it is.
        await scheduler.sleep(dice.below(1_000), host);
        if (items.get(key)?.version === expected + 1) return true;
        throw new PortUnavailable('the answer to a write was lost, and others have written over it since');
      }),
    list: (partition, page) =>
      call(['read-stale'], fault => ((fault && formerItems) ?? items).list(partition, page)),
    remove: keys =>
      call(['items-unprocessed'], fault => {
        for (const key of keys) formerItems?.note(key);
        items.remove(fault ? keys.slice(0, dice.below(keys.length)) : keys);
        if (fault) throw new PortUnavailable('some items were not removed');
      }),
  };
}

function ticketsOf(world: World, host: Host, call: Call, clock: Clock): TicketQueue {
  const { queues, dice, scheduler, plan } = world;
  /** The service is told how long, as SQS is; its clock is not the caller's. */
  const trueTime = (time: number, most: number) =>
    world.now + Math.max(0, Math.min(most, time - clock.now()));
  const bell = processBell(clock, names => queues.earliest(names) + host.clockOffset);
  const ofHome =
    plan.home === 'machine'
      ? { bell }
      : {
          isEmpty: (queue: string) =>
            call(['count-stale'], fault => queues.earliest([queue]) > world.now === (fault === undefined)),
        };

  const withReceipt = (
    fault: Fault | undefined,
    receipt: string,
    lost: Fault,
    effect: (own: string) => void,
  ) =>
    fault === lost
      ? undefined
      : fault === 'receipt-stale'
        ? scheduler.sleep(dice.between(31, 40) * 1000, host).then(() => effect(receipt))
        : effect(receipt);

  return {
    ...ofHome,
    send: (queue, tickets) =>
      call(
        ['ticket-doubled', 'ticket-lost', 'ticket-delayed', 'ticket-expired', 'batch-partly-refused'],
        fault => {
          if (fault === 'ticket-lost') return;
          const taken =
            fault === 'batch-partly-refused' ? tickets.slice(0, dice.below(tickets.length)) : tickets;
          for (const ticket of fault === 'ticket-doubled' ? [...taken, ...taken] : taken) {
            const onTime = trueTime(ticket.visibleAt, MOST_DELAYED_MILLIS);
            const visibleAt = fault === 'ticket-delayed' ? onTime + dice.between(1, 120) * 1000 : onTime;
            const expiresAt =
              fault === 'ticket-expired' ? visibleAt + dice.between(0, 120) * 1000 : Number.POSITIVE_INFINITY;
            queues.send(queue, { ...ticket, visibleAt, expiresAt });
            bell.due(queue, ticket.visibleAt);
          }
          if (fault === 'batch-partly-refused') throw new PortUnavailable('some tickets were not taken');
        },
      ),
    receive: queue =>
      call(
        ['false-empty', 'two-consumers', 'visibility-lapsed', 'in-flight-limit', 'tickets-reordered'],
        fault => {
          if (fault === 'in-flight-limit') throw new PortUnavailable('too many tickets are in flight');
          if (fault === 'false-empty') return undefined;
          const hiddenMillis =
            fault === 'two-consumers'
              ? 0
              : fault === 'visibility-lapsed'
                ? dice.between(1, 5) * 1000
                : VISIBILITY_MILLIS;
          return queues.receive(queue, { hiddenMillis, isShuffled: fault === 'tickets-reordered' });
        },
      ),
    hide: (queue, receipt, until) =>
      call(['hide-lost', 'receipt-stale'], fault =>
        withReceipt(fault, receipt, 'hide-lost', own => {
          queues.hide(queue, own, trueTime(until, MOST_HIDDEN_MILLIS));
          bell.due(queue, until);
        }),
      ),
    delete: (queue, receipt) =>
      call(['delete-lost', 'receipt-stale'], fault =>
        withReceipt(fault, receipt, 'delete-lost', own => queues.delete(queue, own)),
      ),
    async drop(queue) {
      await call([], () => queues.drop(queue));
      bell.ring(queue);
    },
  };
}

function filesOf({ bytes, disk }: World, call: Call): Files {
  return {
    faultOf: () => undefined,
    replicaUrl: url => url,
    downloadUrl: (key, expiresAt) => `https://files/${key}?until=${expiresAt}`,
    uploadUrl: (key, expiresAt) => `https://files/${key}?until=${expiresAt}`,
    open: key =>
      call([], () => {
        const found = bytes.get(key);
        return found && oneChunk(found);
      }),
    exists: key => call([], () => bytes.has(key)),
    write: (key, written) => call([], () => void bytes.set(key, written)),
    remove: key =>
      call([], async () => {
        await disk?.settled;
        for (const name of bytes.keys())
          if (key.endsWith('/') ? name.startsWith(key) : name === key) bytes.delete(name);
      }),
  };
}

/** Nobody is told of what may be lost. */
function outboundOf({ history, disk }: World, call: Call): Outbound {
  return {
    faultOf: () => undefined,
    send: (address, { message }) =>
      call(['event-unanswered'], async fault => {
        await disk?.settled;
        history.deliver(address, message);
        if (fault) throw new PortUnavailable('nothing was heard of an event');
      }),
    listeners: [],
  };
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
