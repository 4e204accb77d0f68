import { type Caller, mayManage, mayWork } from '../domain/project.ts';
import { Activity } from './activity.ts';
import { Catalogue } from './catalogue.ts';
import { Crowd } from './crowd.ts';
import { Durations } from './durations.ts';
import { Destinations } from './events/destinations.ts';
import type { Home } from './home.ts';
import { itemPages } from './pages/item-pages.ts';
import { objectPages } from './pages/object-pages.ts';
import type { Pages } from './pages/pages.ts';
import { ProblemError } from './problem.ts';
import { type ProjectRecord, Projects, unknownProject } from './project-record.ts';
import { Requests } from './requests.ts';
import { SiteTables } from './site-tables.ts';
import { TaskNumbers } from './tasks/numbers.ts';
import { Queues } from './tasks/queue-records.ts';
import { TicketReceipts } from './tasks/ticket-receipts.ts';

/** What every use-case works with: the home, and what a process remembers of it. */
export interface Context extends Home {
  readonly projects: Projects;
  /** What of projects never changes. */
  readonly pages: Pages;
  readonly catalogue: Catalogue;
  readonly sites: SiteTables;
  readonly durations: Durations;
  /** Project → since when nobody works on it, as the sweep saw. */
  readonly lulls: Map<number, number>;
  readonly activity: Activity;
  readonly requests: Requests;
  readonly queues: Queues;
  readonly numbers: TaskNumbers;
  readonly receipts: TicketReceipts;
  /** Queue → the group of tasks that the next sweep begins with. */
  readonly sweptTo: Map<string, number>;
  readonly destinations: Destinations;
  /** Queue of replies → when it was noted that it is there. */
  readonly replyQueues: Map<string, number>;
  readonly crowd: Crowd;
}

export function createContext(home: Home): Context {
  const pages = home.layout.pagesIn === 'files' ? objectPages(home.files) : itemPages(home);
  return {
    ...home,
    pages,
    projects: new Projects(home),
    catalogue: new Catalogue(pages),
    sites: new SiteTables(home),
    durations: new Durations(),
    lulls: new Map(),
    activity: new Activity(home),
    requests: new Requests(),
    queues: new Queues(home),
    numbers: new TaskNumbers(home),
    receipts: new TicketReceipts(),
    sweptTo: new Map(),
    destinations: new Destinations(home),
    replyQueues: new Map(),
    crowd: new Crowd(home),
  };
}

/** Drops all that was remembered: a write failed, so what was read may never have been. */
export function forget(context: Context): void {
  context.projects.forget();
  context.sites.forget();
  context.queues.forget();
  context.numbers.forget();
  context.destinations.forget();
  context.replyQueues.clear();
}

/** Who calls, and until when the answer is of use to them. */
export interface Call {
  readonly caller: Caller;
  readonly signal?: AbortSignal | undefined;
}

/** The project, for a caller who may see it, reserve and report. */
export async function projectToWork(context: Context, { caller }: Call, id: number): Promise<ProjectRecord> {
  const record = existing(await context.projects.read(id));
  if (!mayWork(record, caller))
    throw new ProblemError('forbidden', `${caller.user} is not among the users of project ${id}`);
  return accepted(record);
}

/** The same, as it is stored now and not as it is remembered. */
export async function projectToWorkNow(context: Context, call: Call, id: number): Promise<ProjectRecord> {
  await context.projects.readNow(id);
  return projectToWork(context, call, id);
}

/** The project, for a caller who may manage it. */
export async function projectToManage(
  context: Context,
  { caller }: Call,
  id: number,
): Promise<ProjectRecord> {
  const record = existing((await context.projects.readNow(id)).record);
  if (!mayManage(record, caller))
    throw new ProblemError(
      'forbidden',
      `project ${id} belongs to ${record.owner}; ${caller.user} may not change it`,
    );
  return accepted(record);
}

function existing(record: ProjectRecord): ProjectRecord {
  if (record.state === 'deleting') throw unknownProject(record.id);
  return record;
}

/** A project whose manifest was refused answers whoever may see it with the reason. */
function accepted(record: ProjectRecord): ProjectRecord {
  if (record.state === 'refused' && record.refusal)
    throw new ProblemError('manifest_invalid', record.refusal.detail, { faults: record.refusal.faults });
  return record;
}
