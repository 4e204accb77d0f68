import { startLocal } from '../../functions/local.ts';

/** Sluice as `sluice serve` starts it. Arguments: folder, `full` or `normal`. Sends `{ url }` to its
 * parent, and how much memory it uses when it is sent a message; where it may, it collects its garbage first. */
const [, , folder = '', durability = 'full'] = process.argv;
const { url } = await startLocal({
  folder,
  port: 0,
  durability: durability === 'normal' ? 'normal' : 'full',
});
process.send?.({ url });
process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  process.send?.({ peakMegabytes, heap: heapUsed + external, rss });
});
