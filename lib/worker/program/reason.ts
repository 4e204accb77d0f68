import { messageOf } from '../handler.ts';

/** An error's message; fetch hides the reason of a network failure in `cause`. */
export function reasonOf(error: unknown): string {
  return messageOf(error instanceof TypeError && error.cause instanceof Error ? error.cause : error);
}
