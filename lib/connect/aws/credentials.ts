import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { UnreachableError } from '../../client/index.ts';
import { refused } from './refusals.ts';

/**
 * Finds the caller's credentials where every AWS tool does: environment, profile, single sign-on, web identity,
 * container, instance. Those that tell when they expire are renewed before they do.
 *
 * Who never had any is refused; who had some and cannot renew them may be able to later, and is told that AWS cannot
 * be reached.
 */
export function callersCredentials() {
  // Whoever keeps a profile's file up to date is to be believed.
  const provider = defaultProvider({ ignoreCache: true });
  let hadSome = false;
  return async (options?: { forceRefresh: boolean }) => {
    try {
      const found = await provider(options);
      hadSome = true;
      return found;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (hadSome)
        throw new UnreachableError(`the AWS credentials cannot be renewed now: ${reason}`, { cause });
      throw refused(
        'unauthenticated',
        `no AWS credentials to sign requests with: ${reason}; set AWS_PROFILE, or what your site uses`,
      );
    }
  };
}
