import { type Attempt, PermanentError, type Ran, run, type TaskOf, type TaskRunner } from './handlers.ts';

/** As much of the Standard Schema interface (standardschema.dev, version 1) as is used; zod's schemas have it. */
export interface ArgsSchema<Args = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Validated<Args> | Promise<Validated<Args>>;
    readonly types?: { readonly input: unknown; readonly output: Args } | undefined;
  };
}

type Validated<Args> =
  | { readonly value: Args; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A handler that is given only arguments that its schema accepts. */
export interface CheckedRunner {
  readonly run: (task: TaskOf<unknown>, attempt: Attempt) => Promise<Ran>;
}

/**
 * Declares what the arguments of a handler are. A task with others fails for good, with a message that names the keys;
 * the handler hears nothing of it.
 *
 * @param schema any Standard Schema, such as one of zod
 */
export function withArgs<Args>(schema: ArgsSchema<Args>, runner: TaskRunner<Args>): CheckedRunner {
  return {
    async run(task, attempt) {
      const checked = await schema['~standard'].validate(task.args);
      if (checked.issues)
        throw new PermanentError(
          `the arguments of ${task.name} do not fit: ${checked.issues.map(sentenceOf).join('; ')}`,
        );
      return run(runner, { ...task, args: checked.value }, attempt);
    },
  };
}

function sentenceOf({ path = [], message }: Issue): string {
  const keys = path.map(part => String(typeof part === 'object' ? part.key : part));
  return keys.length > 0 ? `${keys.join('.')}: ${message}` : message;
}

/** What there may be under the name of a task. */
export type AnyRunner = TaskRunner | CheckedRunner;
