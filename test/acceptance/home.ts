import { onTestFinished } from 'vitest';
import { type Client, RefusedError } from '../../lib/client/index.ts';
import { connect } from '../../lib/connect/connect.ts';
import type { RouteInput } from '../../lib/contract/routes.ts';
import { home } from './home-under-test.ts';

/** The home under test, at each of its addresses: a name for people, and what `--server` takes. */
export const addresses = Object.entries(home.addresses);
if (addresses.length === 0) throw new Error('which home? `npm run e2e -- --target …` says it');

/** On AWS, the names of functions for a single verb. */
export const { functions } = home;

/** Functions on AWS may know a project's state from up to ten seconds ago, and emulators are slow. */
export const SOON = { timeout: 60_000, interval: 200 };

export function clientAt(server: string): Client {
  return connect({ server });
}

/** Creates a project that is deleted when the test ends; answers its number. */
export async function newProject(client: Client, input: RouteInput<'createProject'>): Promise<number> {
  const { project } = await client.createProject(input);
  deleteAfterTest(client, project.id);
  return project.id;
}

export function deleteAfterTest(client: Client, project: number): void {
  onTestFinished(async () => {
    await client.deleteProject({ project }).catch(error => {
      if (!(error instanceof RefusedError)) throw error;
    });
  });
}

/** Names of files that need no copy anywhere. */
export function names(count: number): { name: string }[] {
  return Array.from({ length: count }, (_, n) => ({ name: `f${String(n).padStart(4, '0')}` }));
}
