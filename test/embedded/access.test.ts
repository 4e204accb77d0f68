import { describe, expect, test } from 'vitest';
import { authenticator, bindFault, strangerFault, TokenFile } from '../../lib/embedded/access.ts';

const ADA = { token: 'a-token.of_16/or+more==', user: 'ada', roles: ['atlas'], admin: false };
const BOB = { token: 'another-token-of-that-kind', user: 'bob', roles: [], admin: true };

describe('an address to listen at', () => {
  test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])(
    'of this machine only needs no token: %s',
    host => {
      expect(bindFault(host, [])).toBeUndefined();
    },
  );

  test.each([
    '0.0.0.0',
    '::',
    '[::]',
    '10.0.0.1',
    'sluice.example',
    '127.0.0.1.example',
    'localhost.example',
  ])('that others can reach needs a token: %s', host => {
    expect(bindFault(host, [])).toBe(
      `${host} can be reached from other machines, so a token is needed: set SLUICE_TOKEN or give --tokens FILE`,
    );
    expect(bindFault(host, [ADA])).toBeUndefined();
  });
});

describe('a caller', () => {
  test('is whoever bears the token', () => {
    const callerOf = authenticator([ADA, BOB]);
    expect(callerOf(ADA.token)).toEqual({ user: 'ada', roles: ['atlas'], admin: false });
    expect(callerOf(BOB.token)).toEqual({ user: 'bob', roles: [], admin: true });
  });

  test('is nobody without a token or with one that is not known', () => {
    const callerOf = authenticator([ADA]);
    for (const token of [undefined, '', BOB.token, ADA.token.slice(1), `${ADA.token} `])
      expect(callerOf(token)).toBeUndefined();
  });

  test('is the local admin where there are no tokens', () => {
    expect(authenticator([])(undefined)).toEqual({ user: 'local', roles: [], admin: true });
  });
});

describe('a file of tokens', () => {
  test('may leave out roles and the right of an admin', () => {
    expect(TokenFile.parse([{ token: ADA.token, user: 'ada' }])).toEqual([{ ...ADA, roles: [] }]);
  });

  test.each([
    { token: 'too-short', user: 'ada' },
    { token: 'with spaces that no header takes', user: 'ada' },
    { token: 'with-a-line-break-at-the-end\n', user: 'ada' },
    { token: ADA.token },
    { token: ADA.token, user: 'ada', rolls: [] },
    { user: 'ada' },
  ])('is refused with an entry like $0', entry => {
    expect(TokenFile.safeParse([entry]).success).toBe(false);
  });
});

describe('a server without a token', () => {
  const fault = strangerFault([], undefined);

  test.each(['127.0.0.1:8470', 'localhost:8470', 'LOCALHOST', '[::1]:8470', '127.0.0.1', undefined])(
    'serves programs that call it %s',
    host => {
      expect(fault({ host })).toBeUndefined();
    },
  );

  test('serves its own pages', () => {
    expect(fault({ host: 'localhost:8470', origin: 'http://localhost:8470' })).toBeUndefined();
  });

  test.each(['evil.example', 'evil.example:8470', '127.0.0.1.evil.example', 'localhost.evil.example:80'])(
    'refuses a name that was made to point to it: %s',
    host => {
      expect(fault({ host })).toMatch(
        /^a server without a token answers to its own address only, not to [^:]+: use/,
      );
    },
  );

  test.each(['https://evil.example', 'http://localhost:3000', 'null', 'http://127.0.0.1:8470'])(
    'refuses pages of another origin: %s',
    origin => {
      expect(fault({ host: 'localhost:8470', origin })).toBe(
        `a page of ${origin} may not use a server without a token`,
      );
    },
  );

  test('answers to its public URL too', () => {
    const published = strangerFault([], 'https://Sluice.example/');
    expect(published({ host: 'sluice.example' })).toBeUndefined();
    expect(published({ host: 'sluice.example', origin: 'https://sluice.example' })).toBeUndefined();
    expect(published({ host: 'evil.example' })).toBeDefined();
  });
});

test('where a token is needed anybody may ask with one, as no page can borrow it', () => {
  expect(strangerFault([ADA], undefined)({ host: 'a.example', origin: 'https://b.example' })).toBeUndefined();
});
