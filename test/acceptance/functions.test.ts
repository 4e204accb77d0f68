import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { refusalOf, reservationsIn } from '../functions/support.ts';
import { addresses, clientAt, functions, names, newProject, SOON } from './home.ts';

/** On AWS a verb of the hot path has a function of its own beside `api`. */
const [[, api = ''] = []] = addresses.slice(-1);
const functionOf = (verb: string) => clientAt(`lambda://${functions[verb]}`);

test('a function of one verb answers that verb when it is invoked, and no other', async () => {
  const client = clientAt(api);
  const project = await newProject(client, { virtual: true, files: names(2) });

  const reply = await functionOf('reserve').reserve({ project, worker: 'w', count: 2 });
  const [one, two] = reservationsIn(reply).map(({ token }) => token);
  await functionOf('advance').advance({ project, worker: 'w', done: [one ?? ''] });
  await functionOf('done').done({ project, done: [two ?? ''] });

  await expect.poll(() => client.showProject({ project }), SOON).toMatchObject({ state: 'done' });
  const other = await refusalOf(functionOf('reserve').done({ project, done: [two ?? ''] }));
  expect(other).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining('one of reserve') });
});

test('the sweep finds nothing wrong', async () => {
  const { FunctionError, Payload } = await new LambdaClient().send(
    new InvokeCommand({ FunctionName: functions.sweep, Payload: '{}' }),
  );
  expect([FunctionError, Payload?.transformToString()]).toEqual([undefined, 'null']);
});
