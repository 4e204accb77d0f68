import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { onTestFinished } from 'vitest';

type Callback = (error: Error | null) => void;

/**
 * Holds back every sync of a file in this process until the test lets it happen, or fail. One that is waited for
 * happens, unless it is to break.
 */
export function holdSyncs(): {
  readonly held: Callback[];
  next(error?: Error): void;
  breakNext(error: Error): void;
} {
  const { fdatasync, fdatasyncSync } = fs;
  const held: Callback[] = [];
  const breaks: Error[] = [];
  const replace = (functions: object) => {
    Object.assign(fs, functions);
    syncBuiltinESMExports();
  };
  replace({
    fdatasync: (_file: number, callback: Callback) => held.push(callback),
    fdatasyncSync: (file: number) => {
      const error = breaks.shift();
      if (error) throw error;
      fdatasyncSync(file);
    },
  });
  onTestFinished(() => replace({ fdatasync, fdatasyncSync }));
  return {
    held,
    next: error => held.shift()?.(error ?? null),
    breakNext: error => breaks.push(error),
  };
}
