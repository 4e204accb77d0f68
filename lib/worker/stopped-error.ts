/**
 * Why nobody wants any more what a handler works on, as the reason of its aborted signal. `cancelled`: somebody
 * cancelled it. `lost`: the lease ran out, and another worker may have it. `stopping`: the worker stops, and cannot
 * wait longer.
 */
export class StoppedError extends Error {
  readonly why: 'cancelled' | 'lost' | 'stopping';

  constructor(why: StoppedError['why']) {
    super(SAYS[why]);
    this.name = 'StoppedError';
    this.why = why;
  }
}

const SAYS = {
  cancelled: 'it was cancelled',
  lost: 'it is no longer held by this worker',
  stopping: 'the worker stops',
} as const;
