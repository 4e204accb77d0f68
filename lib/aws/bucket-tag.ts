/** A bucket that bears this tag (with any value) goes with its stack, and all it holds. */
export const GOES_WITH_STACK = 'sluice:goes-with-stack';
