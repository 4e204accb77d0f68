import { setTimeout } from 'node:timers/promises';
import type { Project } from '../../contract/projects.ts';
import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { untilLoaded } from '../create/until-loaded.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { Progress } from '../frame/progress.ts';
import type { Standing } from '../frame/progress-line.ts';
import { patiently } from '../patiently.ts';
import { printJson } from '../print.ts';
import { projectSentence } from '../project-sentences.ts';

export default defineCommand({
  summary: 'Watch a project until it ends',
  description: `Shows a bar of the files that are done or failed for good; where no terminal is, a line every few seconds. With --json, the project as one line of JSON for each change.

The end is that the project is done, or that it is failed, cancelled or abandoned. A server that is away for a while, as for a restart, is waited for.`,
  arguments: { project: PROJECT },
  options: { interval: { type: 'duration', default: 1, description: 'how often to look' } },
  exits: ['no'],
  examples: [
    { command: 'sluice project watch 12', says: 'Look on' },
    { command: 'sluice project watch 12 && ./merge-results', says: 'Go on when every file is done' },
  ],
  async run(context, { project: id, interval }) {
    const { stdout, json, signal } = context;
    const client = clientFor(context);
    const progress = new Progress(context, `project ${id}`);
    const clear = () => progress.clear();
    let answerMillis = 0;

    async function ask(): Promise<Project> {
      const askedAt = performance.now();
      const project = await client.showProject({ project: id }, { signal });
      answerMillis = performance.now() - askedAt;
      return project;
    }

    let shown = '';
    function show(project: Project): Project {
      progress.update(standingOf(project));
      const text = JSON.stringify(project);
      if (json && text !== shown) printJson(stdout, project);
      shown = text;
      return project;
    }

    let project = await ask();
    if (project.state === 'loading') project = await untilLoaded(context, client, id);
    try {
      while (show(project).state === 'active') {
        // Counting the files of a large project takes a while, and the server has other things to do.
        await setTimeout(Math.max(interval * 1000, answerMillis), undefined, { signal });
        project = await patiently(context, { pauseSeconds: interval, clear }, ask);
      }
    } finally {
      progress.finish();
    }
    if (!json) stdout.write(`${projectSentence(project)}\n`);
    return project.state === 'done' ? EXIT.ok : EXIT.no;
  },
});

function standingOf({ counts, files }: Project): Standing {
  const { done, failed, reserved } = counts;
  return { done: done + failed, total: files, notes: { failed, reserved } };
}
