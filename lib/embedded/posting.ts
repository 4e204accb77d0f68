import { PortUnavailable, type Posting } from '../dispatch/ports.ts';

/** Whoever is told takes note and answers; what that sets off is theirs. */
const TIMEOUT_MILLIS = 5_000;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export interface PostingOptions {
  /** To this machine itself also without TLS. */
  readonly mayBeLoopback: boolean;
  /** Resolves when what was written before is kept: nobody is told of what may be lost. */
  readonly settled: () => Promise<void>;
}

/** POSTs by `fetch`. Errors name the host only: what else is in a URL may be a secret. */
export function posting({ mayBeLoopback, settled }: PostingOptions): Posting {
  return {
    faultOf(text) {
      const url = URL.parse(text);
      if (!url) return 'it is not a URL';
      if (url.username || url.password) return 'it must not have a user or a password';
      const isLoopback = url.protocol === 'http:' && LOOPBACK.test(url.hostname);
      if (url.protocol === 'https:' || (isLoopback && mayBeLoopback)) return undefined;
      return mayBeLoopback
        ? 'it must begin with https:, or be on this machine itself'
        : 'it must begin with https:';
    },
    async post(url, { headers, body }) {
      const { origin } = new URL(url);
      await settled();
      const response = await fetch(url, {
        ...{ method: 'POST', headers, body, redirect: 'manual' },
        signal: AbortSignal.timeout(TIMEOUT_MILLIS),
      }).catch(cause => {
        throw new PortUnavailable(`${origin} did not answer`, { cause });
      });
      await response.body?.cancel();
      if (!response.ok) throw new PortUnavailable(`${origin} answered ${response.status}`);
    },
  };
}
