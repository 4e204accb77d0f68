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

/** Milliseconds a file waits after `attempts` attempts failed: exponential backoff with a ceiling. */
export function backoffMillis(policy: RetryPolicy, attempts: number): number {
  const doubled = policy.retryBackoffSeconds * 2 ** Math.max(0, attempts - 1);
  return 1000 * Math.min(doubled, policy.retryBackoffMaxSeconds);
}
