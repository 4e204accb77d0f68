/** The rules a project sets for its files' attempts. */
export interface RetryPolicy {
  /** Most attempts of a file; null = unlimited. */
  readonly maxAttempts: number | null;
  /** Wait before the second attempt, in seconds; doubled for each further one. */
  readonly retryBackoffSeconds: number;
  /** Longest such wait, in seconds. */
  readonly retryBackoffMaxSeconds: number;
  /** What becomes of a file whose lease runs out. */
  readonly onLeaseExpiry: 'retry' | 'fail';
}

/** Whether a file may be tried again after `attempts` attempts. */
export function mayRetry(policy: RetryPolicy, attempts: number): boolean {
  return policy.maxAttempts === null || attempts < policy.maxAttempts;
}

/** Whole milliseconds a file waits after `attempts` attempts failed: exponential backoff with a ceiling. */
export function backoffMillis(policy: RetryPolicy, attempts: number): number {
  // Past 64 doublings any wait is at its ceiling, and further on 0 × ∞ would be no number.
  const doubled = policy.retryBackoffSeconds * 2 ** Math.min(attempts - 1, 64);
  return Math.ceil(1000 * Math.min(doubled, policy.retryBackoffMaxSeconds));
}
