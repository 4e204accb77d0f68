import { number } from '../../check/read.ts';
import type { ProjectSimulation } from '../simulation.ts';

/** Nothing is left of a project that was deleted. */
export function* gone({ plan, world, project }: ProjectSimulation): Generator<string> {
  if (!plan.isDeleted) return;
  const { items, queues, bytes } = world;
  const isOfIt = (name: string) =>
    new RegExp(`^(p${project}[-/]|(pages|manifests|outputs)/${project}\\b)`).test(name);
  const left = [...items.partitions(), ...queues.names(), ...bytes.keys()].filter(isOfIt);
  const records = items.list('projects', { limit: 1000 });
  if (records.some(({ value }) => number(value, 'id') === project)) left.push('its record');
  if (left.length > 0) yield `of the deleted project there are still ${left.join(', ')}`;
}
