import type { Simulation } from '../simulation.ts';

/** Calls of ports that are enough, whatever happens: for each request, file and attempt, and each minute. */
const PER_REQUEST = 12;
const PER_REQUEST_AND_FILE = 2.5;
const PER_MINUTE_AND_FILE = 30;
const AT_MOST = 100;

/** What the ports are asked stays within a factor of what the requests are. */
export function* cost({ world }: Simulation): Generator<string> {
  const { plan, history, portCalls } = world;
  const requests = history.operations.length;
  const minutes = (world.now - Date.UTC(2030, 0, 1)) / 60_000;
  const most =
    AT_MOST +
    requests * (PER_REQUEST + PER_REQUEST_AND_FILE * plan.files) +
    (plan.hasSweep ? minutes * PER_MINUTE_AND_FILE * plan.files : 0);
  if (portCalls > most)
    yield `cost: ${portCalls} calls of ports for ${requests} requests and ${plan.files} files in ${minutes.toFixed(1)} min`;
}
