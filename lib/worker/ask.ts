import { LIMITS } from '../contract/limits.ts';
import type { RouteInput } from '../contract/routes.ts';
import type { Settings } from './options.ts';

/** The part of a call that asks for files. */
export type Ask = NonNullable<RouteInput<'advance'>['reserve']>;

export interface Wish {
  /** Files that there is room for. */
  readonly room: number;
  readonly waitSeconds: number;
  /** Since the worker started. */
  readonly elapsedSeconds: number;
}

/** The smallest time left that can be asked with, in seconds: no file whose duration is known fits it. */
const NO_TIME = 0.001;

export function askFor(settings: Settings, { room, waitSeconds, elapsedSeconds }: Wish): Ask {
  const { site, lanes, wallTimeSeconds } = settings;
  const secondsLeft = wallTimeSeconds === undefined ? undefined : wallTimeSeconds - elapsedSeconds;
  return {
    count: Math.min(Math.max(room, 1), LIMITS.reserveCount),
    waitSeconds: Math.max(0, Math.min(waitSeconds, secondsLeft ?? waitSeconds)),
    ...(site !== undefined && { site }),
    ...(lanes && { lanes: [...lanes] }),
    ...(secondsLeft !== undefined && { secondsLeft: Math.max(secondsLeft, NO_TIME) }),
  };
}
