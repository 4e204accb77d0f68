import type { Counts, Project } from '../contract/projects.ts';
import { formatRoughly } from './frame/duration.ts';
import { formatCount } from './frame/quantity.ts';
import type { Field } from './print.ts';
import { formatTime } from './times.ts';

/** How a project is told of. */

/** `project 12 is done: 1,997 done, 3 failed` */
export function projectSentence({ id, state, counts }: Project): string {
  const said = COUNTED.filter(name => counts[name] > 0).map(name => `${formatCount(counts[name])} ${name}`);
  return `project ${id} is ${state}${said.length > 0 ? `: ${said.join(', ')}` : ''}`;
}

const COUNTED = ['done', 'failed', 'reserved', 'ready'] as const satisfies (keyof Counts)[];

/** What there is to say of a project, in the order in which people ask. */
export function projectFields(project: Project): Field[] {
  const { counts, files, createdAt, endedAt } = project;
  return [
    ['project', String(project.id)],
    ['title', project.title],
    ['owner', project.owner],
    ['state', stateField(project)],
    ['created', formatTime(createdAt)],
    ['ended', endedAt === null ? undefined : formatTime(endedAt)],
    ['files', formatCount(files)],
    ...COUNTED.map((name): Field => [`  ${name}`, countField(counts[name], files)]),
    ['lanes', project.lanes.join(', ')],
    ['lease', leaseField(project)],
    [
      'idle',
      project.idleSeconds === null ? 'for ever' : `${formatRoughly(project.idleSeconds)}, then abandoned`,
    ],
    ['attempts', attemptsField(project)],
    ['virtual', project.virtual ? 'yes: its files need no replica' : undefined],
    ['users', project.users.join(', ')],
    ['roles', project.roles.join(', ')],
    ['attributes', attributesField(project.attributes)],
    ['of each file', attributesField(project.fileAttributes)],
  ];
}

/** `run=12 detector="far"`, as `--attribute` takes it. */
export function attributesField(attributes: Readonly<Record<string, unknown>>): string {
  return Object.entries(attributes)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(' ');
}

function stateField({ state, loading }: Project): string {
  if (!loading) return state;
  const of = loading.of === undefined ? '' : ` of ${formatCount(loading.of)}`;
  return `${state}: ${loading.phase}, ${formatCount(loading.files)}${of} files`;
}

function countField(count: number, files: number): string {
  if (count === 0) return '0';
  const share = (Math.floor((count / files) * 1000) / 10).toFixed(1);
  return `${formatCount(count)} (${share}%)`;
}

function leaseField({ leaseSeconds, onLeaseExpiry }: Project): string {
  if (leaseSeconds === null) return 'held until reported';
  return `${formatRoughly(leaseSeconds)}, then ${onLeaseExpiry === 'retry' ? 'tried again' : 'failed'}`;
}

function attemptsField({ maxAttempts, retryBackoffSeconds, retryBackoffMaxSeconds }: Project): string {
  const most = maxAttempts === null ? 'unlimited' : `at most ${formatCount(maxAttempts)}`;
  return `${most}, ${formatRoughly(retryBackoffSeconds)} to ${formatRoughly(retryBackoffMaxSeconds)} apart`;
}
