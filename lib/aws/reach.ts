import { PortUnavailable } from '../dispatch/ports.ts';

const THROTTLED = /Throttl|TooManyRequests|RequestLimitExceeded|ThroughputExceeded|SlowDown|OverLimit/;

/**
 * Awaits a call of AWS that was already tried again as often as the SDK does. What the caller did wrong is thrown as
 * it is; throttling, faults of AWS, timeouts and lost connections become `PortUnavailable`.
 */
export async function reach<T>(what: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!isPassing(error)) throw error;
    throw new PortUnavailable(`${what}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

/** Whether an error is one of these names: AWS tells its errors apart by name. */
export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** Errors that AWS answered with say whose fault they are; those without an answer come from the way to it. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('$fault' in error && error.$fault === 'client') return THROTTLED.test(error.name);
  return '$fault' in error || '$metadata' in error || 'code' in error || error.name === 'TimeoutError';
}
