import type { Context } from './context.ts';

/** The answer to a worker for whom there is nothing now: come back, not all at once. */
export function comeBack({ crowd }: Pick<Context, 'crowd'>): {
  status: 'wait';
  retryAfterSeconds: number;
} {
  return { status: 'wait', retryAfterSeconds: crowd.staySeconds() };
}
