import { setFlagsFromString } from 'node:v8';

let running = 0;

/**
 * Runs work that makes much garbage which dies young, such as reading a million rows, without letting V8's young
 * generation grow for it: that would cost a hundred megabytes for nothing. Other work of the time is hardly slower.
 */
export async function frugally<T>(work: () => Promise<T>): Promise<T> {
  running += 1;
  setFlagsFromString('--semi-space-growth-factor=1');
  try {
    return await work();
  } finally {
    running -= 1;
    if (running === 0) setFlagsFromString('--semi-space-growth-factor=2');
  }
}
