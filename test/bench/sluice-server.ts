import { startLocal } from '../../functions/local.ts';

/** Sluice as `sluice serve` starts it. Arguments: folder, `full` or `normal`. Sends `{ url }` to its parent. */
const [, , folder = '', durability = 'full'] = process.argv;
const { url } = await startLocal({
  folder,
  port: 0,
  durability: durability === 'normal' ? 'normal' : 'full',
});
process.send?.({ url });
process.on('message', () => process.send?.({ peakMegabytes: process.resourceUsage().maxRSS / 1024 }));
