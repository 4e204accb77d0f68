import { expect, test } from 'vitest';
import { connect } from '../../lib/connect/connect.ts';
import { gatewayRefusal, type Trouble, trouble } from '../support/faults/mishaps.ts';
import { startProxy } from '../support/faults/proxy.ts';
import { Processes, resultOf, SLUICE } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { addresses, clientAt } from './home.ts';
import { home } from './home-under-test.ts';
import { aProjectThroughFaults, PATIENCE, tasksThroughFaults } from './through-faults.ts';

/** Of all requests so many are lost, cut off, late, doubled or refused, or their answers are. */
const SHARE = 0.3;

/** A way to the home on which things go wrong. */
async function troubledWay(server: string, offset: number) {
  const troubles = trouble({ seed: home.seed + offset, share: SHARE, refusal: gatewayRefusal });
  const { AWS_ENDPOINT_URL } = process.env;
  const proxy = await startProxy(AWS_ENDPOINT_URL ?? server, troubles.meddle);
  // On AWS the address stays as it is, and who speaks to AWS is told that it is elsewhere.
  const isOnAws = AWS_ENDPOINT_URL !== undefined;
  const env: Record<string, string> = isOnAws
    ? { SLUICE_URL: server, AWS_ENDPOINT_URL: proxy.url }
    : { SLUICE_URL: proxy.url };
  return {
    ...{ troubles, env },
    callers: {
      calm: clientAt(server),
      troubled: connect({ server: isOnAws ? server : proxy.url }, { ...process.env, ...env }),
    },
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

/** So that the test says something. */
function expectTrouble({ counts }: Trouble): void {
  expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
}

/** Where there are several ways, each kind of work takes another: what goes wrong is the same on each. */
const [[, wayOfFiles = ''] = []] = addresses;
const [[, wayOfTasks = ''] = []] = addresses.slice(-1);

test('every file ends once and as counted, whatever befalls requests and answers', PATIENCE, async () => {
  await using way = await troubledWay(wayOfFiles, 0);
  const cwd = await tempFolder();
  await aProjectThroughFaults(way.callers, async project => {
    await using processes = new Processes();
    const program = 'case $SLUICE_DID in *3) exit 65;; *5) [ $SLUICE_ATTEMPT -gt 1 ];; esac';
    const line = ['worker', 'run', String(project), '--concurrency', '2', '--', 'sh', '-c', program];
    const { code, stderr } = await resultOf(processes.start([SLUICE, ...line], { cwd, env: way.env }));
    expect({ code, stderr: code === 1 ? '' : stderr }).toEqual({ code: 1, stderr: '' });
  });
  expectTrouble(way.troubles);
});

test('every task is submitted and ends once, whatever befalls requests and answers', PATIENCE, async () => {
  await using way = await troubledWay(wayOfTasks, 1);
  await tasksThroughFaults(way.callers);
  expectTrouble(way.troubles);
});
