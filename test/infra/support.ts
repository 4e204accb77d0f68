import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { afterAll } from 'vitest';
import { z } from 'zod';
import type { Bundler } from '../../infra/bundle.ts';
import { Sluice, type SluiceProps } from '../../infra/sluice.ts';
import { TaskWorker, type TaskWorkerProps } from '../../infra/task-worker.ts';

/** What a test file synthesises is removed with it. */
const synthesised = mkdtempSync(join(tmpdir(), 'sluice-synth-'));
afterAll(() => rmSync(synthesised, { recursive: true }));

/** Functions need some code, and none of these tests runs it. */
const noBundle: Bundler = () => Code.fromInline('export {}');

/** A stack `lab` of one Sluice, and what became of it. */
export function deployed(
  props: SluiceProps = {},
  use?: (sluice: Sluice, stack: Stack) => void,
  propsIn: (stack: Stack) => SluiceProps = () => ({}),
) {
  const outdir = mkdtempSync(join(synthesised, 'app-'));
  const stack = new Stack(new App({ outdir }), 'lab');
  const sluice = new Sluice(stack, 'Sluice', { bundle: noBundle, ...props, ...propsIn(stack) });
  use?.(sluice, stack);
  const template = Template.fromStack(stack);
  return { sluice, template, policies: policiesOf(template) };
}

/** The same with a function that runs the tasks of a queue `juicer`. */
export function withWorker(
  props: Partial<TaskWorkerProps> = {},
  propsIn: (stack: Stack) => Partial<TaskWorkerProps> = () => ({}),
) {
  return deployed({}, (sluice, stack) => addWorker(sluice, stack, { ...props, ...propsIn(stack) }));
}

export function addWorker(sluice: Sluice, stack: Stack, props: Partial<TaskWorkerProps> = {}): void {
  new TaskWorker(stack, 'Worker', {
    ...{ sluice, queue: 'juicer', entry: 'handlers.ts', environment: { LAB: 'yes' } },
    bundle: () => Code.fromInline('export {}'),
    ...props,
  });
}

const OneOrMore = z.union([z.string().transform(text => [text]), z.array(z.string())]);
const Policy = z.object({
  Properties: z.object({
    PolicyDocument: z.object({
      Statement: z.array(
        z.object({
          Effect: z.string(),
          Action: OneOrMore,
          Resource: z.unknown(),
          Condition: z.unknown().optional(),
        }),
      ),
    }),
    Roles: z.array(z.object({ Ref: z.string() })),
  }),
});

export interface Allowed {
  /** Logical id of the role. */
  readonly role: string;
  readonly action: string;
  /** As the template has it, in JSON. */
  readonly resource: string;
  readonly condition: unknown;
}

/** All that roles may do, one action at a time. */
function policiesOf(template: Template): Allowed[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .map(policy => Policy.parse(policy).Properties)
    .flatMap(({ PolicyDocument, Roles }) =>
      PolicyDocument.Statement.flatMap(({ Action, Resource, Condition }) =>
        Roles.flatMap(({ Ref }) =>
          Action.map(action => ({
            role: Ref,
            action,
            resource: JSON.stringify(Resource),
            condition: Condition,
          })),
        ),
      ),
    );
}

/** What a function's own role may do. */
export function allowedTo(policies: readonly Allowed[], name: string): Allowed[] {
  return policies.filter(({ role }) => role.startsWith(`Sluice${name}Role`));
}

export const actionsOf = (allowed: readonly Allowed[]): string[] =>
  [...new Set(allowed.map(({ action }) => action))].sort();
