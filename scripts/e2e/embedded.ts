import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocal } from '../../functions/local.ts';
import type { Home } from './home.ts';

/** A server in this process, in a temporary folder. */
export async function openEmbedded(): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-e2e-'));
  const sluice = await startLocal({ folder, port: 0 });
  return {
    addresses: { HTTP: sluice.url },
    also: ['faults'],
    environment: {},
    async close() {
      await sluice.close();
      await rm(folder, { recursive: true });
    },
  };
}
