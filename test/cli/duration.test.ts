import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatRoughly, parseDuration } from '../../lib/cli/frame/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['30s', 30],
    ['10m', 600],
    ['12h', 43_200],
    ['2d', 172_800],
    ['1h30m', 5400],
    ['1d2h3m4s', 93_784],
    ['90', 90],
    ['0', 0],
    ['0s', 0],
    ['0.5', 0.5],
    ['1.5h', 5400],
    ['250.125s', 250.125],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each([
    '',
    ' ',
    '-1',
    '1 h',
    '10x',
    '1m1h',
    '1h1h',
    'h',
    '.5s',
    '5.',
    '1e3',
    '30S',
    'none',
    'Infinity',
    '99999999999999999s',
  ])('does not take %j for a duration', text => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [90, '1m30s'],
    [600, '10m'],
    [86_400, '1d'],
    [90_061, '1d1h1m1s'],
    [0.25, '0.25s'],
  ])('writes %d as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('writes what parseDuration reads back, to the millisecond', () => {
    fc.assert(
      fc.property(fc.nat(1e15), ms => {
        expect(parseDuration(formatDuration(ms / 1000))).toBe(ms / 1000);
      }),
    );
  });

  it('writes every duration in one way, however it was typed', () => {
    const part = (unit: string) => fc.nat(200).map(count => `${count}${unit}`);
    fc.assert(
      fc.property(part('d'), part('h'), part('m'), part('s'), (...parts) => {
        const seconds = parseDuration(parts.join('')) ?? Number.NaN;
        const written = formatDuration(seconds);
        expect(formatDuration(parseDuration(written) ?? Number.NaN)).toBe(written);
        expect(written).toBe(formatDuration(parseDuration(String(seconds)) ?? Number.NaN));
      }),
    );
  });
});

describe('formatRoughly', () => {
  it.each([
    [0, '0s'],
    [0.4, '0s'],
    [59.6, '1m'],
    [250, '4m10s'],
    [3600 + 59, '1h59s'],
    [93_784, '1d2h'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatRoughly(seconds)).toBe(text);
  });
});
