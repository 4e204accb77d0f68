import type * as z from 'zod';
import type { ProblemCode } from './problems.ts';
import { ConfigName, ProjectId, QueueName, ReplyQueue, TaskId, WebhookName } from './words.ts';

/** What a path names: `{project}` in `/v1/projects/{project}`. */
interface PathName {
  readonly schema: z.ZodType;
  /** Its schema's name in the description of the API. */
  readonly schemaName: string;
  /** Refused as this where there is no such thing. */
  readonly unknown: ProblemCode;
  /** What a text that cannot be one is not. */
  readonly called: string;
}

export const PATH_NAMES = {
  project: {
    schema: ProjectId,
    schemaName: 'ProjectId',
    unknown: 'project_unknown',
    called: 'the number of a project',
  },
  queue: {
    schema: QueueName,
    schemaName: 'QueueName',
    unknown: 'queue_unknown',
    called: 'the name of a queue',
  },
  task: { schema: TaskId, schemaName: 'TaskId', unknown: 'task_unknown', called: 'the id of a task' },
  replies: {
    schema: ReplyQueue,
    schemaName: 'ReplyQueue',
    unknown: 'not_found',
    called: 'the name of a reply queue',
  },
  webhook: {
    schema: WebhookName,
    schemaName: 'WebhookName',
    unknown: 'webhook_unknown',
    called: 'the name of a webhook',
  },
  config: {
    schema: ConfigName,
    schemaName: 'ConfigName',
    unknown: 'config_unknown',
    called: 'the name of a configuration',
  },
} as const satisfies Record<string, PathName>;

export type PathNames = typeof PATH_NAMES;
export type PathKey = keyof PathNames;

/** What a path names, in order. */
export function namesIn(path: string): PathKey[] {
  return (Object.keys(PATH_NAMES) as PathKey[]).filter(name => path.includes(`{${name}}`));
}

/** A path with what it names put in, and what is left of the input for the query or the body. */
export function placed(
  path: string,
  input: Readonly<Record<string, unknown>>,
): { path: string; fields: Record<string, unknown> } {
  const fields = { ...input };
  let filled = path;
  for (const name of namesIn(path)) {
    filled = filled.replace(`{${name}}`, encodeURIComponent(String(fields[name])));
    delete fields[name];
  }
  return { path: filled, fields };
}
