import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { mutated } from './mutated.ts';

test.each(MUTANTS)('the code can still be broken so: $name', async mutant => {
  const source = await readFile(new URL(`../../../${mutant.file}`, import.meta.url), 'utf8');
  expect(mutated(mutant, source)).not.toBe(source);
});

test('a mutant whose text is gone, or there twice, fails loudly', () => {
  const mutant = { name: 'm', file: 'f', text: 'a', becomes: 'b' };
  expect(() => mutated(mutant, 'x')).toThrow('0 times');
  expect(() => mutated(mutant, 'aa')).toThrow('2 times');
});
