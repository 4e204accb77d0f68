import { formatTaskId, parseTaskId, type TaskPlace } from '../../domain/task/id.ts';
import type { Task } from '../../domain/task/task.ts';
import type { Context } from '../context.ts';
import type { Item, JsonObject, Key } from '../ports.ts';
import { ProblemError } from '../problem.ts';

/** Tasks of one partition: numbers that differ only below this stand together. */
export const PER_GROUP = 64;

type StoredTask = Omit<Task, 'version'>;

export async function readTask(context: Context, place: TaskPlace): Promise<Task | undefined> {
  const task = await readStored(context, place);
  return task?.removedAt === undefined ? task : undefined;
}

/** A task, also where it was removed and its number is not free yet. */
export async function readStored(context: Context, place: TaskPlace): Promise<Task | undefined> {
  const item = await context.store.get(keyOf(place));
  return item && taskOf(item);
}

/** The task of an id. Fails with `task_unknown`. */
export async function readTaskById(context: Context, id: string): Promise<Task> {
  const place = parseTaskId(id);
  const task = place && (await readTask(context, place));
  if (!task) throw unknownTask(id);
  return task;
}

export function unknownTask(id: string): ProblemError {
  return new ProblemError('task_unknown', `there is no task ${id}`);
}

/** Writes a changed task over the version it was read as; false when another write came first. */
export function writeTask(context: Context, { version, ...stored }: Task): Promise<boolean> {
  return context.store.put(keyOf(stored), storedOf(stored), version);
}

export async function removeTaskItem(context: Context, place: TaskPlace): Promise<void> {
  await context.store.remove([keyOf(place)]);
}

export function groupOf(number: number): number {
  return Math.floor(number / PER_GROUP);
}

/** The lowest number of a group. */
export function firstOf(group: number): number {
  return group * PER_GROUP;
}

/** The tasks of a group, in the order of their numbers. */
export async function readGroup(context: Context, queue: string, group: number): Promise<Task[]> {
  const tasks = await readStoredGroup(context, queue, group);
  return tasks.filter(({ removedAt }) => removedAt === undefined);
}

/** The same, with those that were removed and whose numbers are not free yet. */
export async function readStoredGroup(context: Context, queue: string, group: number): Promise<Task[]> {
  const items = await context.store.list(partitionOf(queue, group), { limit: PER_GROUP });
  return items.map(taskOf);
}

function keyOf({ queue, number }: TaskPlace): Key {
  return {
    partition: partitionOf(queue, groupOf(number)),
    sort: String(number % PER_GROUP).padStart(2, '0'),
  };
}

function partitionOf(queue: string, group: number): string {
  return `tasks/${queue}/${group}`;
}

function taskOf({ key, value, version }: Item): Task {
  if (!isStoredTask(value)) throw new Error(`${key.partition}/${key.sort} is not a task`);
  return { ...value, version };
}

/** Tasks are written by `writeTask` only, so a look at the members that every task has is enough. */
function isStoredTask(value: object): value is StoredTask {
  return 'spec' in value && 'policy' in value && 'state' in value && 'generation' in value;
}

/** What is stored of a task: members without a value are left out. */
function storedOf(task: StoredTask): JsonObject {
  return Object.fromEntries(Object.entries(task).filter(([, member]) => member !== undefined));
}

export function nameOf(task: TaskPlace): string {
  return `task ${formatTaskId(task)}`;
}
