import { setTimeout } from 'node:timers/promises';
import { type Client, RefusedError } from '../../client/index.ts';
import type { Project } from '../../contract/projects.ts';
import type { Context } from '../frame/context.ts';
import { patiently } from '../patiently.ts';
import { LoadProgress } from './load-progress.ts';

const FIRST_PAUSE_SECONDS = 0.02;
const LONGEST_PAUSE_SECONDS = 0.5;
const DELETE_MS = 5000;

/** Waits until a project is no longer loading, showing how far it is. Throws `RefusedError` for a bad manifest. */
export async function untilLoaded(
  context: Context,
  client: Client,
  project: number,
  progress = new LoadProgress(context),
): Promise<Project> {
  const { signal } = context;
  const clear = () => progress.clear();
  let pauseSeconds = FIRST_PAUSE_SECONDS;
  for (;;) {
    const shown = await patiently(context, { pauseSeconds: LONGEST_PAUSE_SECONDS, clear }, () =>
      client.showProject({ project }, { signal }),
    );
    if (shown.state !== 'loading') {
      progress.show('writing', { done: shown.files, total: shown.files });
      progress.finish();
      return shown;
    }
    const { phase, files, of } = shown.loading ?? { phase: 'waiting', files: 0 };
    progress.show(phase, { done: files, total: of });
    await setTimeout(pauseSeconds * 1000, undefined, { signal });
    pauseSeconds = Math.min(pauseSeconds * 2, LONGEST_PAUSE_SECONDS);
  }
}

/** Does what brings a new project about. Where it fails or is interrupted, the project is deleted. */
export async function orDelete<T>(
  { stderr }: Context,
  client: Client,
  project: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // What the server refused it has already thrown away.
    if (!(error instanceof RefusedError && error.code === 'manifest_invalid'))
      await client.deleteProject({ project }, { signal: AbortSignal.timeout(DELETE_MS) }).catch(() => {
        stderr.write(
          `project ${project} could not be removed: \`sluice project delete ${project}\` does it\n`,
        );
      });
    throw error;
  }
}
