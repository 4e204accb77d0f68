import type { ProjectVerb } from '../../domain/project.ts';
import type { Context } from '../context.ts';
import type { Event } from '../ports.ts';
import { isUnknownProject, type ProjectRecord } from '../project-record.ts';
import { unlessUnavailable } from '../unless-unavailable.ts';
import { listeners, tell } from './tell.ts';

/** What befalls a project, by the edge of its life. */
const EVENTS: Record<ProjectVerb, string> = {
  load: 'loaded',
  refuse: 'refused',
  'end-done': 'done',
  'end-failed': 'failed',
  cancel: 'cancelled',
  activate: 'activated',
  abandon: 'abandoned',
  revive: 'activated',
  restart: 'restarted',
  delete: 'deleted',
};

/** Events that stand on a project for so long were not told by whoever wrote them. */
const UNTOLD_MILLIS = 60_000;

/** Whether anybody is told of projects. */
export async function areProjectsHeard(context: Context): Promise<boolean> {
  return (await listeners(context)).length > 0;
}

/** A project that went along an edge, with the event that this is, to be told once it is written. */
export function withEvent(record: ProjectRecord, verb: ProjectVerb, now: number): ProjectRecord {
  const number = (record.told?.number ?? 0) + 1;
  const at = Math.max(now, (record.told?.at ?? 0) + 1);
  const event = EVENTS[verb];
  const entry = { id: `project-${record.id}.${number}.${event}`, event, at };
  return { ...record, told: { number, at }, outbox: [...(record.outbox ?? []), entry] };
}

/** Tells of what stands on a project, in order, and takes it off; what fails is told by the sweep. */
export async function tellOfProject(context: Context, record: ProjectRecord): Promise<void> {
  const { id, outbox = [] } = record;
  if (outbox.length === 0) return;
  const told = new Set<string>();
  const telling = async () => {
    const addresses = await listeners(context);
    for (const entry of outbox) {
      for (const address of addresses) await tell(context, address, eventOf(record, entry));
      told.add(entry.id);
    }
  };
  await unlessUnavailable(context, `an event of project ${id} was not told`, telling());
  if (told.size === 0) return;
  const clearing = context.projects.change(id, ({ outbox: left = [], ...rest }) => ({
    ...rest,
    ...(left.some(entry => !told.has(entry.id)) && { outbox: left.filter(entry => !told.has(entry.id)) }),
  }));
  await unlessUnavailable(context, `an event of project ${id} will be told again`, unlessGone(clearing));
}

/** Tells what its writer did not. */
export async function tellLateOfProject(context: Context, record: ProjectRecord): Promise<void> {
  if (context.clock.now() - (record.told?.at ?? 0) >= UNTOLD_MILLIS) await tellOfProject(context, record);
}

function eventOf(
  { id: project, title, owner, state, files, counts }: ProjectRecord,
  { id, event, at }: { id: string; event: string; at: number },
): Event {
  return {
    ...{ id, type: `project.${event}`, subject: `project-${project}`, at, owner },
    message: { id, event, project, title, owner, at, files, ...(counts && event === state && { counts }) },
  };
}

async function unlessGone(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!isUnknownProject(error)) throw error;
  }
}
