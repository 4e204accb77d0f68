import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Spool } from '../../../lib/worker/tasks/spool.ts';
import { temporaryFolder } from '../support.ts';

const SIZES = { blockBytes: 40, memoryBlocks: 2 };

test('lines come out once and in order, in blocks that are no larger than said, whenever they are taken', () => {
  const folder = temporaryFolder();
  const line = fc.stringMatching(/^[a-zé€]{0,10}$/).map(text => `${text}\n`);
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: line }, fc.constant('take'))), steps => {
      const spool = new Spool({ folder, ...SIZES });
      let taken = '';
      const take = () => {
        const block = spool.take();
        expect(Buffer.byteLength(block)).toBeLessThanOrEqual(SIZES.blockBytes);
        expect(block === '' || block.endsWith('\n')).toBe(true);
        taken += block;
      };
      for (const step of steps) {
        if (step === 'take') take();
        else spool.add(step);
      }
      while (!spool.isEmpty) take();
      expect(taken).toBe(steps.filter(step => step !== 'take').join(''));
      spool.close();
    }),
  );
});

test('leaves nothing on the disk, where it is used only for what does not fit into memory', () => {
  const folder = temporaryFolder();
  const spool = new Spool({ folder: `${folder}/gone`, ...SIZES });
  for (let n = 0; n < 12; n += 1) spool.add('123456789\n');
  expect(spool.isBusy).toBe(true);
  const onDisk = new Spool({ folder, ...SIZES });
  for (let n = 0; n < 100; n += 1) onDisk.add('123456789\n');
  expect(readdirSync(folder)).toEqual([]);
  onDisk.close();
  expect(onDisk.isEmpty).toBe(true);
});

test('where the disk takes nothing, a line says how much is missing', () => {
  const spool = new Spool({ folder: '/nowhere', blockBytes: 100, memoryBlocks: 1 });
  for (let n = 0; n < 25; n += 1) spool.add(`${String(n).padStart(9)}\n`);
  let taken = '';
  while (!spool.isEmpty) taken += spool.take();
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => `${String(from + n).padStart(9)}\n`).join('');
  const loss = '=== 100 bytes are left out: there was no room for them on the disk\n';
  expect(taken).toBe(`${lines(0, 10)}${loss}${lines(20, 25)}`);
});
