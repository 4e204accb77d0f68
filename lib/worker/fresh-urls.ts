import { RefusedError, UnreachableError } from '../client/index.ts';
import type { Clock } from './clock.ts';
import { type FileTask, fileTask, type Reservation } from './handler.ts';
import type { Line } from './line.ts';
import type { Settings } from './options.ts';

/** URLs are good for their lease as it was first, and on AWS for less than an hour: this is sure in every home. */
const SURE_MILLIS = 30 * 60_000;

/** Sees to it that a file which had to wait for its turn is begun with URLs that work. */
export interface FreshUrls {
  /** The files of an answer, just come. */
  receive(reservations: readonly Reservation[]): FileTask[];
  /** The same file, with URLs that were asked for anew if its own may have run out. */
  fresh(file: FileTask): Promise<FileTask>;
}

export interface FreshUrlsOptions extends Pick<Settings, 'client' | 'project' | 'worker' | 'site'> {
  readonly line: Line;
  readonly clock: Clock;
}

export function createFreshUrls({ client, line, clock, ...desk }: FreshUrlsOptions): FreshUrls {
  const { project, worker, site } = desk;
  const sureUntil = new WeakMap<FileTask, number>();

  function isSure(file: FileTask): boolean {
    return file.url === undefined || clock.now() < (sureUntil.get(file) ?? 0);
  }

  return {
    receive(reservations) {
      const now = clock.now();
      return reservations.map(reservation => {
        const file = fileTask(reservation);
        sureUntil.set(file, Math.min(now + SURE_MILLIS, file.deadline ?? Number.POSITIVE_INFINITY));
        return file;
      });
    },
    async fresh(file) {
      if (isSure(file)) return file;
      const call = { project, worker, token: file.token, ...(site !== undefined && { site }) };
      try {
        const { reservations } = await line.ask(signal => client.held(call, { signal }));
        const [held] = reservations;
        // One that is held no longer is for the heartbeats to tell, and for the server to refuse.
        return held ? fileTask(held) : file;
      } catch (error) {
        if (error instanceof UnreachableError || error instanceof RefusedError) return file;
        throw error;
      }
    },
  };
}
