import { shortIdOf } from './requests.ts';

/** A request that moves a project or a task along its life, as its caller named it. */
export interface MoveRequest {
  readonly requestId?: string | undefined;
}

/** What remembers the requests that moved it last, oldest first. */
interface Moved {
  readonly movedBy?: readonly string[] | undefined;
}

const MOVES_KEPT = 8;

/** Whether a request has moved it before: this one is a copy, and moves nothing, however late it comes. */
export function wasMovedBy({ movedBy }: Moved, { requestId }: MoveRequest): boolean {
  return requestId !== undefined && movedBy?.includes(shortIdOf(requestId)) === true;
}

/** What it is to remember now; a request without an id cannot be told from others. */
export function withMove({ movedBy = [] }: Moved, { requestId }: MoveRequest): { movedBy?: string[] } {
  return requestId === undefined ? {} : { movedBy: [...movedBy, shortIdOf(requestId)].slice(-MOVES_KEPT) };
}
