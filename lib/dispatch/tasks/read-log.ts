import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import type { TaskPlace } from '../../domain/task/id.ts';
import { isTerminal } from '../../domain/task/task.ts';
import type { Call, Context } from '../context.ts';
import { inOrder } from '../side-by-side.ts';
import { bytesOf, type Chunk, chunksFrom } from './log-chunks.ts';
import { taskToRead } from './task-access.ts';
import { unknownTask } from './task-items.ts';

/**
 * One page of a task's log, as far as it goes now. A place in it is a chunk's number and bytes of that chunk: it stays
 * true however the log grows. The task is looked at first, so that a log that has ended is whole.
 */
export async function readLog(
  context: Context,
  call: Call,
  request: RouteRequest<'readLog'>,
): Promise<RouteReply<'readLog'>> {
  const task = await taskToRead(context, call, request.task);
  const ended = isTerminal(task.state);
  if (!task.hasLog) return { text: '', next: request.after, more: false, ended };
  const [chunk = 0, offset = 0] = request.after.split('.').map(Number);
  return { ...(await readPage(context, task, { chunk, offset }, request)), ended };
}

interface Place {
  readonly chunk: number;
  readonly offset: number;
}

async function readPage(
  context: Context,
  task: TaskPlace,
  from: Place,
  { task: id, limit }: RouteRequest<'readLog'>,
): Promise<Omit<RouteReply<'readLog'>, 'ended'>> {
  const parts: Buffer[] = [];
  let room = limit;
  let at = from;
  const page = (more: boolean) => ({
    text: Buffer.concat(parts).toString(),
    next: `${at.chunk}.${at.offset}`,
    more,
  });
  const { chunks, more } = await chunksFrom(context, task, from.chunk);
  const read = async (chunk: Chunk) => ({ ...chunk, bytes: await bytesOf(context, chunk.content) });
  for await (const { chunk, closed, bytes } of inOrder(chunks, context.layout.requestsAtOnce, read)) {
    if (!bytes) throw unknownTask(id);
    const offset = chunk === from.chunk ? from.offset : 0;
    const part = cut(bytes.subarray(offset), room, parts.length === 0);
    parts.push(part);
    room -= part.length;
    at = { chunk, offset: offset + part.length };
    if (at.offset < bytes.length) return page(true);
    if (closed) at = { chunk: chunk + 1, offset: 0 };
  }
  return page(more);
}

/** As many whole lines as there is room for; of one that fits no page, the beginning. */
function cut(bytes: Buffer, room: number, isFirst: boolean): Buffer {
  if (bytes.length <= room) return bytes;
  const end = room > 0 ? bytes.lastIndexOf('\n', room - 1) + 1 : 0;
  return bytes.subarray(0, end === 0 && isFirst ? characterEnd(bytes, room) : end);
}

/** No character is cut in two: bytes that go on with one are 10xxxxxx in UTF-8. */
function characterEnd(bytes: Buffer, room: number): number {
  let end = room;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}
