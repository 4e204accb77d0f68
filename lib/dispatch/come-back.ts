import type { Context } from './context.ts';

/** The answer to a worker for whom there is nothing now: come back, not all at once. */
export function comeBack({ layout, random }: Pick<Context, 'layout' | 'random'>): {
  status: 'wait';
  retryAfterSeconds: number;
} {
  const jittered = layout.retryAfterSeconds * (0.75 + random() / 2);
  return { status: 'wait', retryAfterSeconds: Math.round(jittered * 1000) / 1000 };
}
