import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { onTestFinished } from 'vitest';

type Callback = (error: Error | null) => void;

/** Holds back every sync of a file in this process until the test lets it happen, or fail. */
export function holdSyncs(): { readonly held: Callback[]; next(error?: Error): void } {
  const real = fs.fdatasync;
  const held: Callback[] = [];
  const replace = (fdatasync: unknown) => {
    Object.assign(fs, { fdatasync });
    syncBuiltinESMExports();
  };
  replace((_file: number, callback: Callback) => held.push(callback));
  onTestFinished(() => replace(real));
  return {
    held,
    next: error => held.shift()?.(error ?? null),
  };
}
