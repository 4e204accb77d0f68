import { expect, test } from 'vitest';
import { TicketReceipts } from '../../../lib/dispatch/tasks/ticket-receipts.ts';

test('receipts are remembered for the last five thousand tokens at least, and not for ever', () => {
  const receipts = new TicketReceipts();
  const receipt = (n: number) => ({ ticketQueue: 't-q-normal', receipt: `r${n}`, generation: 1 });
  for (let n = 1; n <= 12_000; n += 1) receipts.keep(`t${n}`, receipt(n));
  expect(receipts.of('t12000')).toEqual(receipt(12_000));
  expect(receipts.of('t7001')).toEqual(receipt(7_001));
  expect(receipts.of('t1')).toBeUndefined();
});
