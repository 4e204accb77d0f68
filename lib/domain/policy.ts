/** How long a file or a task that failed waits for its next attempt. */
export type Backoff = {
  /** Wait before the second attempt, in seconds; doubled for each further one. */
  readonly retryBackoffSeconds: number;
  /** Longest such wait, in seconds. */
  readonly retryBackoffMaxSeconds: number;
};

/** The rules a project sets for its files' attempts. */
export interface RetryPolicy extends Backoff {
  /** Most attempts of a file; null = unlimited. */
  readonly maxAttempts: number | null;
  /** What becomes of a file whose lease runs out. */
  readonly onLeaseExpiry: 'retry' | 'fail';
}

/** Whether a file may be tried again after `attempts` attempts. */
export function mayRetry(policy: RetryPolicy, attempts: number): boolean {
  return policy.maxAttempts === null || attempts < policy.maxAttempts;
}

/** Whole milliseconds to wait after `attempts` attempts failed: exponential backoff with a ceiling. */
export function backoffMillis(policy: Backoff, attempts: number): number {
  // Past 64 doublings any wait is at its ceiling, and further on 0 × ∞ would be no number.
  const doubled = policy.retryBackoffSeconds * 2 ** Math.min(attempts - 1, 64);
  return Math.ceil(1000 * Math.min(doubled, policy.retryBackoffMaxSeconds));
}
