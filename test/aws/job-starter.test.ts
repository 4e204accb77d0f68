import { LambdaClient } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { jobStarter } from '../../lib/aws/job-starter.ts';
import { OPTIONS } from './support/clients.ts';
import { lostAnswer, meddle } from './support/meddle.ts';

const JOB = { kind: 'load', project: 7 } as const;

function setup(name: string | undefined) {
  let requests = 0;
  const warnings: string[] = [];
  const client = meddle(new LambdaClient({ ...OPTIONS, maxAttempts: 1 }), async () => {
    requests += 1;
    throw lostAnswer();
  });
  const start = jobStarter({ client, name, warn: message => warnings.push(message) });
  return { start, warnings, requests: () => requests };
}

test('a job that cannot be started is left to the sweep, with a word on the log', async () => {
  const { start, warnings, requests } = setup('sluice-job');
  await start(JOB);
  expect(requests()).toBe(1);
  expect(warnings).toEqual(['the load of project 7 is left to the sweep']);
});

test('where no function runs jobs, none is started', async () => {
  const { start, warnings, requests } = setup(undefined);
  await start(JOB);
  expect(requests()).toBe(0);
  expect(warnings).toEqual([]);
});
