import { clientFor } from '../client.ts';
import { attributesOf } from '../create/settings.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { UsageError } from '../frame/errors.ts';
import { printJson } from '../print.ts';

export default defineCommand({
  summary: 'Tell of a task while it is run',
  description:
    'For programs that run a task: its token is in SLUICE_TASK_TOKEN, or given. It extends the lease. Where the task was cancelled the word cancelled is printed, with an exit code of its own: stop.',
  options: {
    taskToken: {
      type: 'string',
      placeholder: 'TOKEN',
      env: 'SLUICE_TASK_TOKEN',
      description: 'the token under which the task was reserved',
    },
    event: {
      type: 'string',
      multiple: true,
      placeholder: 'KEY=VALUE',
      description: 'a member of an event, which is added to the history',
    },
    maxlen: { type: 'integer', min: 0, description: 'how many events the history keeps (100 unless given)' },
    progress: { type: 'string', placeholder: 'N/TOTAL', description: 'how far it is, such as 3/10 or 3' },
    message: { type: 'string', description: 'a word on the progress' },
    status: { type: 'string', description: 'what is being done' },
    checkpoint: {
      type: 'string',
      multiple: true,
      placeholder: 'KEY=VALUE',
      description: 'what another attempt is to know, should this one fail',
    },
  },
  exits: ['no'],
  examples: [
    {
      command: 'sluice task update --progress 3/10 --message copying',
      says: 'In a program that runs a task',
    },
    { command: 'sluice task update --event movies=40 --maxlen 2', says: 'Of events the newest two are kept' },
  ],
  async run(context, { taskToken: token, event, maxlen, progress, message, status, checkpoint }) {
    const { stdout, json, signal } = context;
    if (token === undefined) throw new UsageError('give --task-token, or set SLUICE_TASK_TOKEN');
    const reply = await clientFor(context).updateTask(
      {
        ...{ token, maxlen, status, progress: progressOf(progress, message) },
        ...(event.length > 0 && { event: attributesOf(event, '--event') }),
        ...(checkpoint.length > 0 && { checkpoint: attributesOf(checkpoint, '--checkpoint') }),
      },
      { signal },
    );
    if (json) printJson(stdout, reply);
    else if (reply.cancelled) stdout.write('cancelled\n');
    return reply.cancelled ? EXIT.no : EXIT.ok;
  },
});

function progressOf(text: string | undefined, message: string | undefined) {
  if (text === undefined) {
    if (message !== undefined) throw new UsageError('--message is a word on --progress');
    return undefined;
  }
  const [, current, total] = /^(\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  if (current === undefined) throw new UsageError(`--progress takes N or N/TOTAL, not "${text}"`);
  return { current: Number(current), ...(total !== undefined && { total: Number(total) }), message };
}
