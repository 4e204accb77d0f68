import { outboundConformance } from '../../conformance/outbound.ts';
import { memoryHome } from '../../support/memory-home.ts';

outboundConformance(async () => {
  const { outbound, world } = memoryHome();
  if (!outbound) throw new Error('a home in memory sends');
  return {
    ...{ outbound, address: 'memory:', isFifo: false },
    arrived: async subject => world.sent.filter(({ task }) => task === subject),
  };
});
