import { createHash } from 'node:crypto';
import type { Scheduler } from './scheduler.ts';

/** When something happened: `order` counts what happened before. */
interface Moment {
  readonly order: number;
  /** ms since 1970, by no clock of the simulation. */
  readonly at: number;
}

/** A request as a function received it, and what that answered. One request may be received twice. */
export interface Operation {
  readonly caller: string;
  /** What it is about: `projects`, `tasks`, `queues` or `workers`; and which one, unless it is about none. */
  readonly kind: string;
  readonly about: string | undefined;
  /** The last name of the path, such as `advance`; where that names something, the method. */
  readonly verb: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly begun: Moment;
  /** Absent when the function died over it: what became of it nobody knows. */
  ended?: Moment & { readonly status: number; readonly body: unknown };
  /** Set when the function died. */
  isLost?: true;
}

/** An event of a task that was delivered to where its replies go. */
export interface Delivery {
  readonly at: Moment;
  readonly address: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** What callers and functions said to each other; and, when it is to be read, all that went wrong. */
export class History {
  readonly operations: Operation[] = [];
  readonly deliveries: Delivery[] = [];
  readonly #scheduler: Scheduler;
  readonly #lines: string[] | undefined;
  #order = 0;

  constructor(scheduler: Scheduler, { isWritten }: { isWritten: boolean }) {
    this.#scheduler = scheduler;
    this.#lines = isWritten ? [] : undefined;
  }

  begin(request: Omit<Operation, 'begun' | 'ended' | 'isLost'>): Operation {
    const operation = { ...request, begun: this.#moment() };
    this.operations.push(operation);
    this.note(() => `${request.caller} asks ${nameOf(request)} ${JSON.stringify(request.input)}`);
    return operation;
  }

  end(operation: Operation, status: number, body: unknown): void {
    operation.ended = { ...this.#moment(), status, body };
    this.note(() => `${operation.caller} is answered ${nameOf(operation)} ${status} ${JSON.stringify(body)}`);
  }

  lose(operation: Operation): void {
    operation.isLost = true;
  }

  /** Whether a function still works on something that this caller asked for. */
  isUnderWay(caller: string): boolean {
    return this.operations.some(one => one.caller === caller && !one.ended && !one.isLost);
  }

  deliver(address: string, message: Delivery['message']): void {
    this.deliveries.push({ at: this.#moment(), address, message });
    this.note(() => `  ${address} receives ${JSON.stringify(message)}`);
  }

  note(line: () => string): void {
    this.#lines?.push(`${new Date(this.#scheduler.now).toISOString().slice(11, 23)}  ${line()}`);
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }

  /** Stands for all that happened. */
  get hash(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex');
  }

  #moment(): Moment {
    this.#order += 1;
    return { order: this.#order, at: this.#scheduler.now };
  }
}

function nameOf({ kind, verb, about }: Pick<Operation, 'kind' | 'verb' | 'about'>): string {
  return about === undefined ? `${kind}/${verb}` : `${kind}/${about}/${verb}`;
}
