import { type Client, createClient } from '../../lib/client/index.ts';
import type { Real } from './narrowed.ts';

const WORKER = 'w1';
const QUEUES = ['q1', 'q2'];
const FILES = Array.from({ length: 60 }, (_, n) => ({ name: `f${n}` }));

/** Fills a server with projects and tasks in every state, and answers what there is. */
export async function stage(server: string): Promise<Real> {
  const client = createClient({ server });
  const projects = [await stageProject(client), await stageProject(client), await stageProject(client)];
  const tasks = await stageTasks(client);
  return {
    ProjectId: projects.map(({ id }) => id),
    Token: projects.flatMap(({ tokens }) => tokens),
    Did: FILES.map(({ name }) => name),
    WorkerId: [WORKER, 'w2'],
    QueueName: QUEUES,
    TaskName: ['t'],
    ConfigName: ['c'],
    TaskId: tasks.ids,
    TaskToken: tasks.tokens,
  };
}

/** A project of which some files are done, some failed, some held and some ready; and the tokens given out. */
async function stageProject(client: Client): Promise<{ id: number; tokens: string[] }> {
  const { project } = await client.createProject({ virtual: true, files: FILES, retryBackoffSeconds: 0 });
  const reply = await client.reserve({ project: project.id, worker: WORKER, count: 40 });
  const tokens = reply.status === 'reserved' ? reply.reservations.map(({ token }) => token) : [];
  await client.done({ project: project.id, done: tokens.slice(0, 10) });
  const failed = tokens.slice(10, 20).map((token, n) => ({ token, retry: n < 5 }));
  await client.failed({ project: project.id, failed });
  return { id: project.id, tokens };
}

/** Tasks of which some have ended, some run and some wait; and the tokens given out. */
async function stageTasks(client: Client): Promise<{ ids: string[]; tokens: string[] }> {
  for (const queue of QUEUES) await client.putQueue({ queue, retryBackoffSeconds: 0 });
  await client.putConfig({ config: 'c', value: { a: 1 } });
  const submitted = await client.submitTasks({
    tasks: Array.from({ length: 40 }, (_, n) => ({ name: 't', queue: QUEUES[n % 2] })),
  });
  const reply = await client.reserveTasks({ worker: WORKER, queues: QUEUES, count: 20 });
  const tokens = reply.status === 'reserved' ? reply.tasks.map(({ token }) => token) : [];
  for (const token of tokens.slice(0, 5)) await client.endTask({ token, outcome: 'succeeded' });
  return { ids: submitted.tasks.map(({ id }) => id), tokens };
}
