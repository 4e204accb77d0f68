/**
 * What the use-cases need of the world. Each home (embedded, AWS, simulation) has its own adapters; the
 * conformance suite in test/conformance says what every adapter must do.
 */

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [member: string]: Json | undefined };

/** Items of a partition are listed together, in the order of `sort`; neither is empty. */
export interface Key {
  readonly partition: string;
  readonly sort: string;
}

/** JSON for what people may want to look at, bytes for what is large and never changes; 300 KB are not too large. */
export type Value = JsonObject | Uint8Array;

export interface Item {
  readonly key: Key;
  /** Not to be changed: an adapter may keep it. */
  readonly value: Value;
  /** 1 when first put or put again after it was removed, one more with each put. */
  readonly version: number;
}

/** The store, the queue or the files cannot be used now; whether a write took place is unknown. */
export class PortUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PortUnavailable';
  }
}

/**
 * Documents under compare-and-set. Reads are strongly consistent.
 *
 * A home may keep what was put a moment after `put` has answered, if it sees to it that whoever builds on a write that
 * was lost after all fails: no caller is answered, and nothing more is written in the same piece of work.
 */
export interface Store {
  get(key: Key): Promise<Item | undefined>;
  /**
   * Writes if the item's version is still `expected` (0 = there is none); it then has version `expected + 1`.
   * Answers false, having changed nothing, when another write came first.
   * After an error it is unknown whether the write took place. From `uselessAt` (ms since 1970) on the home may remove
   * the item.
   */
  put(key: Key, value: Value, expected: number, options?: { readonly uselessAt: number }): Promise<boolean>;
  /** Items of a partition in ascending order of `sort` (of its UTF-8 bytes), those after `after`, at most `limit`. */
  list(partition: string, page: { after?: string; limit: number }): Promise<readonly Item[]>;
  /** Removes items for good, whatever their version; those that are not there are no error. */
  remove(keys: readonly Key[]): Promise<void>;
}

/** Names a block, or a task by its number, that may have something to do. A hint, never the truth. */
export interface Ticket {
  readonly block: number;
  readonly generation: number;
}

export interface ReceivedTicket extends Ticket {
  /** Stands for this receipt; void once the ticket was received again. */
  readonly receipt: string;
  /** How often it was received, this time included. */
  readonly receives: number;
}

/** A message that nobody could do anything with. */
interface DeadLetter {
  /** Absent: it is none. */
  readonly ticket?: Ticket | undefined;
  readonly text: string;
  readonly receipt: string;
}

export interface OutgoingTicket extends Ticket {
  /** Not to be received before this time, ms since 1970, or as long as the queue can hold it back; 0 = at once. */
  readonly visibleAt: number;
}

/**
 * Queues with at-least-once delivery, in no promised order, with a visibility timeout. A queue is there as soon as it
 * is named; times are rounded up to what the queue can tell apart.
 */
export interface TicketQueue {
  send(queue: string, tickets: readonly OutgoingTicket[]): Promise<void>;
  /** A visible ticket, then hidden for a while (the adapter's visibility timeout) unless hidden or deleted sooner. */
  receive(queue: string): Promise<ReceivedTicket | undefined>;
  /** Hides a received ticket until a time in ms since 1970 (0 = visible at once), or as long as the queue can. */
  hide(queue: string, receipt: string, until: number): Promise<void>;
  delete(queue: string, receipt: string): Promise<void>;
  /** Deletes the queue and all it holds. */
  drop(queue: string): Promise<void>;
  /**
   * Messages of a dead-letter queue, ten at most, hidden for a while; of homes whose queues have such. Those that are
   * tickets can be deleted by their receipt.
   */
  deadLetters?(queue: string): Promise<readonly DeadLetter[]>;
  /** Whether no ticket is visible, as far as one knows; of homes whose queues give tickets to others than Sluice. */
  isEmpty?(queue: string): Promise<boolean>;
  /** Homes where waiting costs nothing have a bell. */
  readonly bell?: Bell;
}

/** Lets callers wait for a ticket instead of asking again and again. */
export interface Bell {
  /** Resolves when a ticket may have become visible in one of the queues or it was rung, at the latest after `millis`. */
  wait(queues: readonly string[], millis: number, signal?: AbortSignal): Promise<void>;
  ring(queue: string): void;
}

/**
 * Bytes under keys, and URLs by which others read and write them for a while: with one method, and one key. A key is
 * a path of names, none of them empty, `.` or `..`.
 */
export interface Files {
  /** Says in one clause why this home could not hand out a replica's URL, or nothing when it can. */
  faultOf(url: string): string | undefined;
  /**
   * Sees to what URLs need, of these replicas or of keys, in homes where that takes a look elsewhere. To be awaited
   * before any is made.
   */
  prepare?(replicas: readonly string[]): Promise<void>;
  /** Until when a URL made now works that should work until `wanted`; absent = until then. */
  urlsWorkUntil?(wanted: number): number;
  /** A URL by which a replica can be read until `expiresAt`: signed where the home serves it, else as it is. */
  replicaUrl(url: string, expiresAt: number): string;
  /** A URL by which the bytes of a key can be read until `expiresAt`. */
  downloadUrl(key: string, expiresAt: number): string;
  /** A URL to PUT the bytes of a key until `expiresAt`; they appear whole or not at all. */
  uploadUrl(key: string, expiresAt: number): string;
  /** The bytes of a key, or undefined when there are none. */
  open(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  exists(key: string): Promise<boolean>;
  /** Puts bytes under a key, over those that were there: whole, or not at all. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Removes a key, or every key below it when it ends in `/`. */
  remove(key: string): Promise<void>;
}

/**
 * Something that befell a task or a project, as those are told of it who want to hear. A type, for only types are known
 * to be JSON.
 */
export type Event = {
  /** The same however often it is told. */
  readonly id: string;
  /** `task.completed`, `project.done`. */
  readonly type: string;
  /** What it befell; of one subject events are told in order. */
  readonly subject: string;
  /** Later than all events of the subject before. */
  readonly at: number;
  /** Whose task or project it is. */
  readonly owner: string;
  readonly message: JsonObject;
};

/** Brings events to addresses of the home's own kind. */
export interface Outbound {
  /** Says in one clause why nothing can be sent to an address, or nothing when it can. */
  faultOf(address: string): string | undefined;
  /** Sends an event, at least once. Resolves when it is kept where it went, fails with `PortUnavailable` otherwise. */
  send(address: string, event: Event): Promise<void>;
  /** Addresses that are told of every project and task. */
  readonly listeners: readonly string[];
}

/** POSTs to URLs of others. */
export interface Posting {
  /** Says in one clause why nothing is posted to a URL, or nothing when it can be. */
  faultOf(url: string): string | undefined;
  /**
   * Resolves when it was answered with success, fails with `PortUnavailable` otherwise: a redirect is no success, and
   * what is answered is nobody's.
   */
  post(
    url: string,
    request: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  ): Promise<void>;
}

export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Resolves after `millis`, or at once when the signal aborts. */
  sleep(millis: number, signal?: AbortSignal): Promise<void>;
}
