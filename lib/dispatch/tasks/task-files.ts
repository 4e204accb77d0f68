import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import { parseTaskId } from '../../domain/task/id.ts';
import { leaseOf } from '../../domain/task/lease.ts';
import type { Task, TaskSpec } from '../../domain/task/task.ts';
import type { Call, Context } from '../context.ts';
import { ProblemError } from '../problem.ts';
import { urlExpiry } from '../reservations.ts';
import { uploadTo } from '../upload-to.ts';
import { heldBy, refusal } from './hold-task.ts';
import { taskToRead } from './task-access.ts';
import { readTask, readTaskById } from './task-items.ts';

/** The URL of an output works this long for those who look at the task. */
const URL_MILLIS = 3_600_000;

const KEPT = /^sluice:/i;
const PUT_AS_IT_IS = /^https?:\/\//i;

/** Refuses a task whose worker could not be handed its files. */
export async function refuseUnreachableFiles(
  context: Context,
  call: Call,
  { inputs, outputs }: Pick<TaskSpec, 'inputs' | 'outputs'>,
): Promise<void> {
  for (const [name, url] of Object.entries(inputs)) {
    if (KEPT.test(url)) await storedOutput(url, `inputs.${name}`, id => taskToRead(context, call, id));
    const fault = context.files.faultOf(url);
    if (fault) throw new ProblemError('invalid_request', `inputs.${name}: ${fault}`);
  }
  for (const [name, url] of Object.entries(outputs))
    if (!KEPT.test(url) && !PUT_AS_IT_IS.test(url))
      throw new ProblemError(
        'invalid_request',
        `outputs.${name}: ${url} is no place for an output; it is sluice:NAME, which is kept with the task, or an http: or https: URL to PUT to`,
      );
}

/**
 * Says where a worker gets the inputs of a task that it holds, and where it puts the outputs. Each attempt has keys of
 * its own, and the task says which attempt won: so outputs count from the very write that accepts its success, and a
 * loser's never do.
 */
export async function taskFiles(
  context: Context,
  call: Call,
  request: RouteRequest<'taskFiles'>,
): Promise<RouteReply<'taskFiles'>> {
  const token = await heldBy(context, call, request.token);
  const task = await readTask(context, token);
  if (!task) throw refusal(request.token, 'unknown');
  const lease = leaseOf(task, token);
  if (typeof lease === 'string') throw refusal(request.token, lease);
  const expiresAt = urlExpiry(context, lease);
  const { inputs, outputs } = task.spec;
  await context.files.prepare?.(Object.values(inputs));
  const reads = Object.entries(inputs).map(async ([name, url]) => [
    name,
    KEPT.test(url)
      ? context.files.downloadUrl(await storedOutput(url, name, id => readTaskById(context, id)), expiresAt)
      : context.files.replicaUrl(url, expiresAt),
  ]);
  const puts = Object.entries(outputs).map(async ([name, url]) => [
    name,
    KEPT.test(url) ? (await uploadTo(context, outputKey(task, lease.id, name), expiresAt)).url : url,
  ]);
  return {
    inputs: Object.fromEntries(await Promise.all(reads)),
    outputs: Object.fromEntries(await Promise.all(puts)),
  };
}

/** The key of what another task left: of `sluice:juicer-7/sum.csv` that which it has as `sluice:sum.csv`. */
async function storedOutput(url: string, what: string, find: (id: string) => Promise<Task>): Promise<string> {
  const [, id = '', file = ''] = /^sluice:([^/]+)\/(.+)$/i.exec(url) ?? [];
  if (!parseTaskId(id))
    throw new ProblemError(
      'invalid_request',
      `${what}: ${url} is no output of a task, such as sluice:juicer-7/sum.csv`,
    );
  const task = await find(id);
  const [name] = Object.entries(task.spec.outputs).find(([, kept]) => kept === `sluice:${file}`) ?? [];
  const won = task.past.at(-1);
  if (name === undefined)
    throw new ProblemError('invalid_request', `${what}: task ${id} has no output sluice:${file}`);
  if (task.state !== 'succeeded' || !won)
    throw new ProblemError(
      'wrong_state',
      `${what}: task ${id} is ${task.state}, and has no outputs before it has succeeded`,
    );
  return outputKey(task, won.id, name);
}

/** Where the outputs of a task can be read once it has succeeded: those of the attempt that did. */
export async function taskOutputs(
  context: Context,
  call: Call,
  request: RouteRequest<'taskOutputs'>,
): Promise<RouteReply<'taskOutputs'>> {
  const task = await taskToRead(context, call, request.task);
  const won = task.past.at(-1);
  if (task.state !== 'succeeded' || !won) return { outputs: {} };
  await context.files.prepare?.([]);
  const expiresAt = context.clock.now() + URL_MILLIS;
  const found = Object.entries(task.spec.outputs).map(([name, url]) => [
    name,
    KEPT.test(url) ? context.files.downloadUrl(outputKey(task, won.id, name), expiresAt) : url,
  ]);
  return { outputs: Object.fromEntries(found) };
}

/** Removes the outputs of all attempts of a task. */
export async function removeOutputs(context: Context, task: Task): Promise<void> {
  if (Object.values(task.spec.outputs).some(url => KEPT.test(url)))
    await context.files.remove(outputFolder(task));
}

type Place = Pick<Task, 'queue' | 'number'>;

function outputKey(task: Place, lease: number, name: string): string {
  return `${outputFolder(task)}${lease}/${name}`;
}

function outputFolder({ queue, number }: Place): string {
  return `outputs/tasks/${queue}/${number}/`;
}
