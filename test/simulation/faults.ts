/** What a fault is, and where it is injected. `rate`: how often it befalls what it can befall, in a storm. */
interface FaultKind {
  readonly at: string;
  readonly says: string;
  readonly rate: number;
}

const fault = (at: string, says: string, rate: number): FaultKind => ({ at, says, rate });

/** Every fault the simulation knows, by name. */
export const FAULTS = {
  'ticket-doubled': fault('TicketQueue.send', 'A ticket is delivered twice', 0.1),
  'ticket-lost': fault('TicketQueue.send', 'A ticket was taken and is never delivered', 0.05),
  'ticket-delayed': fault('TicketQueue.send', 'A ticket comes up to two minutes late', 0.1),
  'ticket-expired': fault('TicketQueue.send', 'A ticket outlives the queue’s retention and is dropped', 0.05),
  'batch-partly-refused': fault('TicketQueue.send', 'Only the first tickets of a batch are taken', 0.05),
  'tickets-reordered': fault('TicketQueue.receive', 'Any visible ticket comes, not the oldest', 0.3),
  'two-consumers': fault('TicketQueue.receive', 'Another can receive the same ticket at once', 0.1),
  'false-empty': fault('TicketQueue.receive', 'Nothing is received though a ticket is visible', 0.1),
  'visibility-lapsed': fault('TicketQueue.receive', 'A received ticket comes up within five seconds', 0.1),
  'in-flight-limit': fault('TicketQueue.receive', 'Too many tickets are in flight', 0.03),
  'hide-lost': fault('TicketQueue.hide', 'Answered, without effect', 0.1),
  'delete-lost': fault('TicketQueue.delete', 'Answered, without effect', 0.1),
  'receipt-stale': fault('TicketQueue.hide, delete', 'It arrives when the visibility timeout is over', 0.05),
  'count-stale': fault('TicketQueue.isEmpty', 'The contrary of what is so: SQS counts approximately', 0.2),
  throttled: fault('every port call', 'Refused, without effect, after all that the adapter tried', 0.02),
  slow: fault('every port call', 'It takes up to forty seconds', 0.01),
  'read-stale': fault('Store.get, list', 'What was there before the writes of the last second', 0.1),
  'write-unanswered': fault('Store.put', 'Made, and the answer is lost', 0.03),
  'write-not-made': fault('Store.put', 'Not made, and no answer', 0.03),
  'write-refused-own': fault(
    'Store.put',
    'The adapter’s second try is refused for its own first one: it answers true, or, when others wrote over it, that it does not know',
    0.05,
  ),
  'items-unprocessed': fault('Store.remove', 'Only some items are removed, however often it is tried', 0.1),
  killed: fault('every port call', 'The process dies, before or after the call had its effect', 0.01),
  'writes-lost': fault(
    'a process of one machine, when it dies',
    'What it wrote in the last moment was not on the disk, and no answer that waited for that is given',
    0.5,
  ),
  'timed-out': fault('Store.put', 'The process dies when the write was made', 0.02),
  'event-unanswered': fault('Outbound.send', 'Delivered, and the answer is lost', 0.1),
  'job-lost': fault('startJob', 'Accepted, and never run', 0.2),
  'job-doubled': fault('startJob', 'Run twice, at the same time', 0.2),
  'clock-skewed': fault('Clock of a new process', 'It is seconds ahead or behind', 0.5),
  'clock-stepped-back': fault('Clock, before a port call', 'It goes back by seconds', 0.005),
  'other-version': fault(
    'a new process',
    'It is of the other of two deployed versions, with other limits',
    0.5,
  ),
  outage: fault(
    'a request',
    'Store, queues and files are away for a while; then all come back at once',
    0.005,
  ),
  'request-lost': fault('network', 'It never arrives', 0.02),
  'connection-reset': fault('network', 'It never arrives, and the caller hears of it', 0.02),
  'answer-lost': fault('network', 'The request took effect, and the caller hears nothing', 0.03),
  'request-doubled': fault('network', 'A second try runs beside the first; either answers', 0.05),
  'storm-429': fault('network', 'For seconds most requests are answered 429', 0.01),
  'url-expired': fault('signed URL', 'The transfer begins when the URL has expired', 0.1),
  'upload-unanswered': fault('signed URL', 'The bytes were stored, and the answer is lost', 0.1),
  'worker-killed': fault(
    'worker, at a request',
    'It dies before or after it; a new one begins with the same id',
    0.01,
  ),
  'worker-paused': fault('worker, at a request', 'Nothing happens on it for up to three leases', 0.01),
} as const satisfies Record<string, FaultKind>;

export type Fault = keyof typeof FAULTS;

/** What ports promise not to do: these happen only when they are asked for by name, to see what the promise is worth. */
export const BROKEN_PROMISES: readonly Fault[] = ['read-stale'];

/** What ports may do. */
export const ALL_FAULTS = Object.keys(FAULTS)
  .filter(isFault)
  .filter(name => !BROKEN_PROMISES.includes(name));

export function isFault(name: string): name is Fault {
  return Object.hasOwn(FAULTS, name);
}
