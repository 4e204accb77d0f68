import type { Context } from './context.ts';
import { PortUnavailable } from './ports.ts';

/** Something that comes right by itself later: its failure is no reason to fail what the caller asked for. */
export async function unlessUnavailable(
  { warn }: Pick<Context, 'warn'>,
  what: string,
  move: Promise<unknown>,
): Promise<void> {
  try {
    await move;
  } catch (error) {
    if (!(error instanceof PortUnavailable)) throw error;
    warn(what, error);
  }
}
