import type { Event, Key } from '../ports.ts';

const DIGITS = 15;

/** Where an event is kept in a partition: in the order of their times, each once. */
export function eventKey(partition: string, { id, at }: Pick<Event, 'id' | 'at'>): Key {
  return { partition, sort: `${placeOf(at)}-${id}` };
}

/** The place before all events of a time and later. */
export function placeOf(at: number): string {
  return String(at).padStart(DIGITS, '0');
}
