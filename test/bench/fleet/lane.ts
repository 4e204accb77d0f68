import {
  type OutgoingTicket,
  PortUnavailable,
  type Ticket,
  type TicketQueue,
} from '../../../lib/dispatch/ports.ts';
import type { Service } from './table.ts';
import { TimeHeap } from './time-heap.ts';

const VISIBILITY_MILLIS = 30_000;
const LONGEST_DELAY_MILLIS = 900_000;
const LONGEST_HIDDEN_MILLIS = 43_200_000;
/** SQS refuses to give out more. */
const MOST_IN_FLIGHT = 120_000;
/** A receive asks some of SQS's servers only: where there are few tickets, it may miss them all. */
const FEW = 1_000;
const MISSED = 0.1;
/** A ticket can be received some time after it was sent or hidden for no longer. */
const SEEN_AFTER_MILLIS = 100;

interface Message extends Ticket {
  readonly id: number;
  receives: number;
  receivedAt: number;
  /** Its place among the visible ones; -1 when it is not. */
  place: number;
  /** Counts its hidings, so that one that was replaced is passed over. */
  hidings: number;
  isInFlight: boolean;
}

/** The tickets of one lane, received in any order. */
class Lane {
  readonly #visible: Message[] = [];
  readonly #hidden = new TimeHeap<{ message: Message; hiding: number }>();
  readonly #messages = new Map<number, Message>();
  #inFlight = 0;
  #lastId = 0;

  get inFlight(): number {
    return this.#inFlight;
  }

  send({ block, generation }: Ticket, visibleAt: number): void {
    this.#lastId += 1;
    const message = {
      ...{ id: this.#lastId, block, generation, receives: 0, receivedAt: 0 },
      ...{ place: -1, hidings: 0, isInFlight: false },
    };
    this.#messages.set(message.id, message);
    this.#hide(message, visibleAt);
  }

  /** One of the visible tickets, by a number from 0 to 1. */
  receive(now: number, any: () => number): Message | undefined {
    for (let due = this.#hidden.popUntil(now); due; due = this.#hidden.popUntil(now)) {
      const { message, hiding } = due;
      if (hiding !== message.hidings || !this.#messages.has(message.id)) continue;
      this.#setInFlight(message, false);
      message.place = this.#visible.push(message) - 1;
    }
    const count = this.#visible.length;
    if (count === 0 || (count < FEW && any() < MISSED)) return undefined;
    if (this.#inFlight >= MOST_IN_FLIGHT) throw new PortUnavailable('OverLimit');
    const message = this.#visible[Math.floor(any() * count)];
    if (!message) return undefined;
    message.receives += 1;
    message.receivedAt = now;
    this.#takeOut(message);
    this.#setInFlight(message, true);
    this.#hide(message, now + VISIBILITY_MILLIS);
    return message;
  }

  hide(receipt: string, visibleAt: number): void {
    const message = this.#current(receipt);
    if (message) this.#hide(message, Math.min(visibleAt, message.receivedAt + LONGEST_HIDDEN_MILLIS));
  }

  delete(receipt: string): void {
    const message = this.#current(receipt);
    if (!message) return;
    this.#setInFlight(message, false);
    this.#messages.delete(message.id);
  }

  /** The message of a receipt, while nobody else can receive it. */
  #current(receipt: string): Message | undefined {
    const [id, receives] = receipt.split('.').map(Number);
    const message = this.#messages.get(id ?? 0);
    return message?.receives === receives && message?.place === -1 ? message : undefined;
  }

  #hide(message: Message, until: number): void {
    message.hidings += 1;
    this.#hidden.push(until, { message, hiding: message.hidings });
  }

  #takeOut(message: Message): void {
    const last = this.#visible.pop();
    if (last && last !== message) {
      this.#visible[message.place] = last;
      last.place = message.place;
    }
    message.place = -1;
  }

  #setInFlight(message: Message, isInFlight: boolean): void {
    if (message.isInFlight !== isInFlight) this.#inFlight += isInFlight ? 1 : -1;
    message.isInFlight = isInFlight;
  }
}

export interface SimulatedQueues extends TicketQueue {
  /** Tickets in flight now, in all lanes. */
  inFlight(): number;
}

/** Queues as SQS keeps them, with its service times (8 to 15 ms), in no order, and its limits. */
export function simulatedQueues(service: Service): SimulatedQueues {
  const { clock, random } = service;
  const lanes = new Map<string, Lane>();
  const laneOf = (queue: string) => {
    const lane = lanes.get(queue) ?? new Lane();
    lanes.set(queue, lane);
    return lane;
  };
  const inFlight = () => [...lanes.values()].reduce((sum, lane) => sum + lane.inFlight, 0);
  const serve = (requests = 1) => {
    service.meter.sqsRequests += requests;
    return clock.sleep(8 + Math.floor(random() * 8));
  };
  const seenAt = (time: number) => Math.max(time, clock.now()) + Math.floor(random() * SEEN_AFTER_MILLIS);
  return {
    inFlight,
    async send(queue, tickets: readonly OutgoingTicket[]) {
      // In requests of ten, eight at once.
      for (let first = 0; first < tickets.length; first += 80)
        await serve(Math.ceil(Math.min(80, tickets.length - first) / 10));
      for (const ticket of tickets)
        laneOf(queue).send(ticket, seenAt(Math.min(ticket.visibleAt, clock.now() + LONGEST_DELAY_MILLIS)));
    },
    async receive(queue) {
      await serve();
      const message = laneOf(queue).receive(clock.now(), random);
      service.meter.mostInFlight = Math.max(service.meter.mostInFlight, inFlight());
      if (!message) return undefined;
      const { id, block, generation, receives } = message;
      return { block, generation, receives, receipt: `${id}.${receives}` };
    },
    async hide(queue, receipt, until) {
      await serve();
      laneOf(queue).hide(receipt, seenAt(until));
    },
    async delete(queue, receipt) {
      await serve();
      laneOf(queue).delete(receipt);
    },
    async drop(queue) {
      await serve();
      lanes.delete(queue);
    },
  };
}
