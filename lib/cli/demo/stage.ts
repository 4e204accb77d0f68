import type { Client } from '../../client/index.ts';

/** Where the demo plays: a home of Sluice, and a way for files to get there. */
export interface Stage {
  readonly client: Client;
  /** How long a worker may hold a file; those of a worker that was killed come back after this. */
  readonly leaseSeconds: number;
  /** Puts files of a folder where workers can get them; answers where `sluice project create` finds their list. */
  publish(folder: string, names: readonly string[]): Promise<readonly string[]>;
  /** The second thing to go wrong; the first is that a worker is killed. */
  goWrong(killWorker: () => Promise<void>, say: (text: string) => void): Promise<void>;
  close(): Promise<void>;
}
