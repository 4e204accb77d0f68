import type { JsonObject, Key } from '../ports.ts';

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

const DIGITS = 15;

/** Where an event is kept in a partition: in the order of their times, each once. */
export function eventKey(partition: string, { id, at }: Pick<Event, 'id' | 'at'>): Key {
  return { partition, sort: `${placeOf(at)}-${id}` };
}

/** The place before all events of a time and later. */
export function placeOf(at: number): string {
  return String(at).padStart(DIGITS, '0');
}
