import { expect, test } from 'vitest';
import { Configuration } from '../../lib/contract/queues.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { startTestServer } from '../functions/support.ts';
import { Processes, resultOf } from '../support/processes.ts';
import { checkout, shown } from '../support/re-worker-guide.ts';

/** The rest of the guide is tried in each home, as the acceptance scenario of those whom it is for. */
test('with the queues of the guide its worker runs what its commands submit', {
  timeout: 60_000,
}, async () => {
  await using processes = new Processes();
  const configuration = Configuration.parse(JSON.parse(await shown('json', 'queues')));
  const { client, url } = await startTestServer({ clock: systemClock, configuration });
  const cwd = await checkout();
  const options = { cwd, env: { SLUICE_URL: url, PATH: `${cwd}/bin:${process.env.PATH}` } };
  const worker = processes.run(process.execPath, ['juicer.ts'], options);
  const [submit = ''] = (await shown('sh', 'sluice reply watch')).split(/\n(?=sluice)/);
  const { stdout } = await resultOf(processes.run('sh', ['-c', submit], options));

  await expect
    .poll(() => client.showTask({ task: stdout.trim() }), { timeout: 40_000 })
    .toMatchObject({ state: 'succeeded', result: { cart: 'tomcat', environment: 'test' } });

  const { replies } = await client.listReplies({ replies: 'releases' });
  expect(replies.map(({ event, correlationId }) => `${correlationId} ${event}`)).toEqual([
    ...['release-7 started', 'release-7 completed'],
  ]);
  await processes.kill(worker);
});
