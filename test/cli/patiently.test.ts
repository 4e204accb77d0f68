import { describe, expect, it, vi } from 'vitest';
import { patiently } from '../../lib/cli/patiently.ts';
import { UnreachableError } from '../../lib/client/index.ts';
import { MemoryOutput } from '../support/run-cli.ts';

const away = new UnreachableError('connection refused');

function world() {
  const made = { time: 0, stderr: new MemoryOutput(), now: () => made.time, signal: AbortSignal.any([]) };
  return made;
}

const patience = { pauseSeconds: 0, clear: () => {} };

describe('asking a server patiently', () => {
  it('asks again while the server is away, and says so once', async () => {
    const { stderr, ...rest } = world();
    const clear = vi.fn();
    const ask = vi.fn().mockRejectedValueOnce(away).mockRejectedValueOnce(away).mockResolvedValue('here');
    expect(await patiently({ stderr, ...rest }, { pauseSeconds: 0, clear }, ask)).toBe('here');
    expect(stderr.text).toBe('the server does not answer (connection refused); asking again\n');
    expect(clear).toHaveBeenCalledTimes(1);
  });

  it('gives up when the server stays away for five minutes', async () => {
    const made = world();
    const ask = vi.fn(async () => {
      made.time += 60_000;
      throw away;
    });
    await expect(patiently(made, patience, ask)).rejects.toBe(away);
    expect(ask).toHaveBeenCalledTimes(6);
  });

  it('does not ask again when the server said no', async () => {
    const ask = vi.fn().mockRejectedValue(new Error('no'));
    await expect(patiently(world(), patience, ask)).rejects.toThrow('no');
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('stops when it is told to', async () => {
    const stop = AbortSignal.abort(new Error('stopped'));
    const ask = () => Promise.reject(away);
    await expect(patiently({ ...world(), signal: stop }, patience, ask)).rejects.toThrow();
  });
});
