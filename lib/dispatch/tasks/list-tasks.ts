import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import type { TaskSummary } from '../../contract/tasks.ts';
import { mayReadTask } from '../../domain/task/access.ts';
import { formatTaskId, parseTaskId, type TaskPlace } from '../../domain/task/id.ts';
import { stateAt, type Task } from '../../domain/task/task.ts';
import type { Call, Context } from '../context.ts';
import { inOrder } from '../side-by-side.ts';
import { childrenOf, isPartOf } from './children.ts';
import { taskToRead } from './task-access.ts';
import { groupOf, readGroup, readTask } from './task-items.ts';
import { summaryOf } from './task-views.ts';

/** Groups of tasks read for one page: a page may have fewer tasks than asked for, or none, and still go on. */
const MAX_GROUPS = 32;

type Reply = RouteReply<'listTasks'>;
type Request = RouteRequest<'listTasks'>;

/** Lists the tasks the caller may see: the parts of one in their order, or those of queues, the newest first. */
export async function listTasks(context: Context, call: Call, request: Request): Promise<Reply> {
  if (request.parent !== undefined) return listParts(context, call, { ...request, parent: request.parent });
  if (request.queue !== undefined) await context.queues.read(request.queue);
  const names = request.queue === undefined ? [...(await context.queues.all()).keys()] : [request.queue];
  const from = parseTaskId(request.after ?? '');
  const isWanted = await filterFor(context, call, request);
  const tasks: TaskSummary[] = [];
  let groups = 0;
  for (const queue of names.filter(name => from === undefined || name >= from.queue)) {
    for await (const [task, isNewGroup] of downFrom(context, queue, from)) {
      if (isNewGroup) groups += 1;
      if (tasks.length === request.limit || groups > MAX_GROUPS) return { tasks, next: beforeOf(task) };
      if (isWanted(task)) tasks.push(summaryOf(context, task));
    }
  }
  return { tasks };
}

/** The id after which a listing goes on with this task. */
function beforeOf({ queue, number }: TaskPlace): string {
  return formatTaskId({ queue, number: number + 1 });
}

/** The tasks of a queue, the newest first, those after `after`; and whether a further group was read for it. */
async function* downFrom(
  context: Context,
  queue: string,
  after: TaskPlace | undefined,
): AsyncGenerator<readonly [Task, boolean]> {
  const range = await context.numbers.range(queue);
  const last = after?.queue === queue ? Math.min(range.last, after.number - 1) : range.last;
  for (let group = groupOf(last); group >= groupOf(range.first) && last > 0; group -= 1) {
    const tasks = (await readGroup(context, queue, group)).filter(({ number }) => number <= last);
    for (const [n, task] of tasks.reverse().entries()) yield [task, n === 0];
  }
}

async function listParts(
  context: Context,
  call: Call,
  request: Request & { parent: string },
): Promise<Reply> {
  await taskToRead(context, call, request.parent);
  const isWanted = await filterFor(context, call, request);
  const ids = await childrenOf(context, request.parent);
  const from = request.after === undefined ? 0 : ids.indexOf(request.after) + 1;
  const tasks: TaskSummary[] = [];
  const parts = inOrder(ids.slice(from), context.layout.requestsAtOnce, async id => {
    const place = parseTaskId(id);
    return { id, task: place && (await readTask(context, place)) };
  });
  let before = request.after;
  for await (const { id, task } of parts) {
    if (tasks.length === request.limit) return { tasks, next: before };
    if (isPartOf(task, request.parent) && isWanted(task)) tasks.push(summaryOf(context, task));
    before = id;
  }
  return { tasks };
}

async function filterFor(context: Context, { caller }: Call, { queue, state }: Request) {
  const queues = await context.queues.all();
  const now = context.clock.now();
  return (task: Task): boolean =>
    (queue === undefined || task.queue === queue) &&
    (state === undefined || stateAt(task, now) === state) &&
    mayReadTask(task.spec, queues.get(task.queue), caller);
}
