import { type Clock, PortUnavailable } from '../dispatch/ports.ts';
import type { SigningCredentials } from './sigv4-presign.ts';

/** Credentials that end. */
export interface RoleSession extends SigningCredentials {
  readonly expiresAt: number;
}

export interface RoleCredentialsOptions {
  /** Asks for a new session of the role. */
  readonly assume: () => Promise<RoleSession>;
  readonly clock: Clock;
  readonly warn: (message: string, error: unknown) => void;
}

/** A session with less than this left is renewed, so a URL lasts at least so long where its lease does. */
const RENEW_AHEAD_MILLIS = 45 * 60_000;
/** A session that could not be renewed, or is short, is used for this long before another is asked for. */
const PAUSE_MILLIS = 60_000;

/**
 * The credentials of a role, asked for once a process and renewed long before they end. A process that Lambda froze
 * has none on their way: they are asked for only while somebody waits.
 */
export class RoleCredentials {
  readonly #options: RoleCredentialsOptions;
  #session: RoleSession | undefined;
  #askAt = 0;
  #asking: Promise<void> | undefined;

  constructor(options: RoleCredentialsOptions) {
    this.#options = options;
  }

  /**
   * Sees to it that `current` has credentials. However many wait, one request is made. Fails when there are none and
   * none are to be had; while those from before last, a failure is warned of and tried again a minute later.
   */
  async prepare(): Promise<void> {
    if (this.#lasts() && this.#options.clock.now() < this.#askAt) return;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  /** Those that `prepare` saw to. Fails with `PortUnavailable` when they have ended since. */
  current(): RoleSession {
    if (!this.#session || !this.#lasts())
      throw new PortUnavailable('there are no credentials to sign URLs with');
    return this.#session;
  }

  async #ask(): Promise<void> {
    const { assume, clock, warn } = this.#options;
    try {
      this.#session = await assume();
    } catch (error) {
      if (!this.#lasts()) throw error;
      warn('the credentials that sign URLs could not be renewed; those from before still last', error);
    }
    const renewAt = (this.#session?.expiresAt ?? 0) - RENEW_AHEAD_MILLIS;
    this.#askAt = Math.max(renewAt, clock.now() + PAUSE_MILLIS);
  }

  #lasts(): boolean {
    return this.#session !== undefined && this.#session.expiresAt > this.#options.clock.now();
  }
}
