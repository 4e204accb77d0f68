import { describe, expect, it } from 'vitest';
import { nearest } from '../../lib/cli/frame/nearest.ts';

describe('nearest', () => {
  const words = ['create', 'cancel', 'copy', 'list', 'show', 'watch', '--concurrency', '--json'];

  it.each([
    ['craete', 'create'],
    ['cancle', 'cancel'],
    ['lst', 'list'],
    ['lisst', 'list'],
    ['shwo', 'show'],
    ['conc', undefined],
    ['wa', 'watch'],
    ['--conc', '--concurrency'],
    ['--concurency', '--concurrency'],
    ['--jsno', '--json'],
    ['delete', undefined],
    ['c', undefined],
    ['x', undefined],
    ['', undefined],
  ])('for %j is %s', (typed, word) => {
    expect(nearest(typed, words)).toBe(word);
  });

  it('is the closest one, not the first that is close', () => {
    expect(nearest('fail', ['tail', 'falls', 'fails'])).toBe('fails');
    expect(nearest('dane', ['dxxe', 'done'])).toBe('done');
  });
});
