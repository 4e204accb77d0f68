import { expect, test } from 'vitest';
import { QueueSettings } from '../../lib/contract/queues.ts';
import { Sites } from '../../lib/contract/sites.ts';
import { Destinations, newDestination } from '../../lib/dispatch/events/destinations.ts';
import { SiteTables } from '../../lib/dispatch/site-tables.ts';
import { Queues } from '../../lib/dispatch/tasks/queue-records.ts';
import { memoryHome } from '../support/memory-home.ts';

/** A home that remembers for ever, whose reads can be held back once they were made. */
function slowHome() {
  const home = memoryHome({ layout: { projectCacheMillis: Number.POSITIVE_INFINITY } });
  let held: Promise<void> | undefined;
  const slowly = async <T>(read: Promise<T>): Promise<T> => {
    const hold = held;
    held = undefined;
    const found = await read;
    await hold;
    return found;
  };
  const store = {
    ...home.store,
    get: (key: Parameters<typeof home.store.get>[0]) => slowly(home.store.get(key)),
    list: (...page: Parameters<typeof home.store.list>) => slowly(home.store.list(...page)),
  };
  const holdNext = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    return resolve;
  };
  return { home: { ...home, store }, holdNext };
}

test('a queue that is changed while it is read is not remembered as it was', async () => {
  const { home, holdNext } = slowHome();
  const queues = new Queues(home);
  const record = { ...QueueSettings.parse({}), name: 'q', paused: false, createdAt: 1 };
  await queues.change('q', () => record);
  const goOn = holdNext();
  const reading = queues.read('q');
  await queues.change('q', () => ({ ...record, paused: true }));
  goOn();
  await reading;
  expect(await queues.read('q')).toMatchObject({ paused: true });
});

test('a destination of events that is changed while it is read is not remembered as it was', async () => {
  const { home, holdNext } = slowHome();
  const destinations = new Destinations(home);
  await destinations.change('webhook:w', () => newDestination('webhook:w'));
  const goOn = holdNext();
  const reading = destinations.find('webhook:w');
  await destinations.change('webhook:w', (known = newDestination('webhook:w')) => ({
    ...known,
    isWaiting: true,
  }));
  goOn();
  await reading;
  expect(await destinations.find('webhook:w')).toMatchObject({ isWaiting: true });
});

test('a table of sites that is replaced while it is read is not remembered as it was', async () => {
  const { home, holdNext } = slowHome();
  const sites = new SiteTables(home);
  const goOn = holdNext();
  const reading = sites.read();
  const table = Sites.parse({ proximity: { lab: { cern: 5 } } });
  await sites.replace(table);
  goOn();
  await reading;
  expect(await sites.read()).toEqual(table);
});
