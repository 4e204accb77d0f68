import type { World } from '../world.ts';

/** Calls of ports that are enough, whatever happens: for each request, thing and attempt, and each minute. */
const PER_REQUEST = 12;
const PER_REQUEST_AND_THING = 2.5;
const PER_MINUTE_AND_THING = 30;
/** Of each second that a request waits: on one machine that costs nothing, so it looks often. */
const PER_SECOND_WAITED = 3;
const AT_MOST = 100;

/** What the ports are asked stays within a factor of what the requests are; `things`: files, or tasks. */
export function* cost({ plan, history, portCalls, now }: World, things: number): Generator<string> {
  const requests = history.operations.length;
  const minutes = (now - Date.UTC(2030, 0, 1)) / 60_000;
  const most =
    AT_MOST +
    (plan.home === 'machine' ? secondsWaited(history) * PER_SECOND_WAITED : 0) +
    requests * (PER_REQUEST + PER_REQUEST_AND_THING * things) +
    (plan.hasSweep ? minutes * PER_MINUTE_AND_THING * things : 0);
  if (portCalls > most)
    yield `${portCalls} calls of ports for ${requests} requests and ${things} files or tasks in ${minutes.toFixed(1)} min`;
}

function secondsWaited({ operations }: World['history']): number {
  return operations.reduce((sum, { begun, ended }) => sum + (ended ? ended.at - begun.at : 0), 0) / 1000;
}
