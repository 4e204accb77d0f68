import { beforeEach, describe, expect, it } from 'vitest';
import { LoadProgress } from '../../../lib/cli/create/load-progress.ts';
import { MemoryOutput } from '../../support/run-cli.ts';

let time = 0;
let stderr = new MemoryOutput();
beforeEach(() => {
  time = 5000;
  stderr = new MemoryOutput();
});

function start() {
  const progress = new LoadProgress({ stderr, json: false, now: () => time });
  return (at: number, phase: string, done: number, total?: number) => {
    time = 5000 + at;
    progress.show(phase, { done, total });
    return progress;
  };
}

describe('the progress of a load', () => {
  it('says nothing of a phase that is soon over', () => {
    const show = start();
    show(0, 'uploading', 10);
    show(900, 'uploading', 20);
    show(1200, 'checking', 0);
    show(2100, 'checking', 900).finish();
    expect(stderr.text).toBe('');
  });

  it('shows a longer one, to its end', () => {
    const show = start();
    show(0, 'uploading', 10);
    show(100, 'writing', 0, 500);
    show(1200, 'writing', 100, 500);
    show(2200, 'writing', 500, 500).finish();
    expect(stderr.text).toBe('writing  100/500  20%\nwriting  500/500  100%  400/s  in 1s\n');
  });

  it('shows phase after phase', () => {
    const show = start();
    show(0, 'uploading', 10);
    show(1000, 'uploading', 20);
    show(1500, 'checking', 0);
    show(2500, 'checking', 900);
    expect(stderr.text.split('\n').map(line => line.split(' ')[0])).toEqual([
      ...['uploading', 'uploading', 'checking', ''],
    ]);
  });
});
