import type { JsonObject, Key } from '../ports.ts';

/** Something that befell a task or a project, as those are told of it who want to hear. */
export interface Event {
  /** The same however often it is told. */
  readonly id: string;
  /** Later than all events of the same subject before. */
  readonly at: number;
  /** Whose task or project it is. */
  readonly owner: string;
  readonly message: JsonObject;
}

const DIGITS = 15;

/** Where an event is kept in a partition: in the order of their times, each once. */
export function eventKey(partition: string, { id, at }: Pick<Event, 'id' | 'at'>): Key {
  return { partition, sort: `${String(at).padStart(DIGITS, '0')}-${id}` };
}

/** The place before all events of a time and later. */
export function placeOf(at: number): string {
  return String(at).padStart(DIGITS, '0');
}
