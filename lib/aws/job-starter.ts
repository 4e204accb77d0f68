import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Home, Job } from '../dispatch/home.ts';

export interface JobStarterOptions {
  readonly client: LambdaClient;
  /** The function that runs jobs; where there is none, jobs wait for the sweep of a process that has. */
  readonly name: string | undefined;
  readonly warn: Home['warn'];
}

/** Starts jobs in a Lambda function of their own, without waiting for them. One that cannot be started, the sweep starts. */
export function jobStarter({ client, name, warn }: JobStarterOptions): (job: Job) => Promise<void> {
  return async job => {
    if (!name) return;
    const { kind, project } = job;
    const Payload = JSON.stringify({ kind, project });
    try {
      await client.send(new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload }));
    } catch (error) {
      warn(`the ${kind} of project ${project} is left to the sweep`, error);
    }
  };
}
