import type { ProjectFile, ShownFile } from '../contract/projects.ts';
import { formatRoughly } from './frame/duration.ts';
import { formatBytes, formatCount } from './frame/quantity.ts';
import type { Field } from './print.ts';
import { attributesField } from './project-sentences.ts';
import { formatTime } from './times.ts';

/** The time that matters of a file as it stands: its deadline, its next attempt, or its failure. */
export function whenOf({ state, deadline, notBefore, failure }: ProjectFile): string {
  if (state === 'reserved') return typeof deadline === 'number' ? `until ${formatTime(deadline)}` : 'held';
  if (notBefore !== undefined) return `after ${formatTime(notBefore)}`;
  return failure ? formatTime(failure.at) : '';
}

/** What there is to say of a file. */
export function fileFields(file: ShownFile): Field[] {
  const { size, worker, token, durationSeconds, failure, outputUrl } = file;
  return [
    ['file', file.did],
    ['state', [file.state, whenOf(file)].filter(Boolean).join(' ')],
    ['worker', worker],
    ['token', token],
    ['attempts', String(file.attempts)],
    ['failed', failure && `${formatTime(failure.at)} by ${failure.worker}, attempt ${failure.attempt}`],
    ['reason', failure?.reason],
    ['size', size === undefined ? undefined : `${formatBytes(size)} (${formatCount(size)} bytes)`],
    ['lane', file.lane],
    ['takes', durationSeconds === undefined ? undefined : formatRoughly(durationSeconds)],
    ['attributes', attributesField(file.attributes)],
    ...file.replicas.map((replica): Field => ['replica', replicaField(replica)]),
    ['output', outputUrl],
  ];
}

function replicaField({ url, site, available }: ShownFile['replicas'][number]): string {
  return [url, site && `at ${site}`, available ? '' : '(down)'].filter(Boolean).join('  ');
}
