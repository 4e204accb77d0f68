/** How a server can be reached, by what its address looks like. */
export type Address =
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'function-url'; readonly url: string; readonly region: string }
  | { readonly kind: 'function'; readonly name: string; readonly region?: string | undefined };

/** The host of a function URL on AWS. */
const FUNCTION_URL = /^[a-z0-9]+\.lambda-url\.([a-z0-9-]+)\.on\.aws$/;
/** The same on an emulator, which may have a domain of its own. */
const EMULATED_URL = /^[a-z0-9-]+\.lambda-url\.([a-z0-9-]+)\./;
const FUNCTION = /^lambda:\/\/([\w-]+(?::[\w$-]+)?)\/?$/;
const ARN = /^(arn:[\w-]+:lambda:([a-z0-9-]+):\d{12}:function:[\w-]+(?::[\w$-]+)?)$/;

/**
 * Reads an address; undefined where it is none of these:
 *
 * | address | the server is |
 * |---|---|
 * | `https://<id>.lambda-url.<region>.on.aws` | the function URL of Sluice on AWS |
 * | `lambda://NAME` | the function of this name in the region that AWS is configured for |
 * | `arn:aws:lambda:<region>:<account>:function:NAME` | that function |
 * | any other `http:` or `https:` URL | one that `sluice serve` started |
 *
 * A name or ARN may end in `:` and an alias. `emulated` says that AWS is an emulator.
 */
export function addressOf(text: string, { emulated = false } = {}): Address | undefined {
  const [, name] = FUNCTION.exec(text) ?? [];
  if (name !== undefined) return { kind: 'function', name };
  const [, arn, arnRegion] = ARN.exec(text) ?? [];
  if (arn !== undefined) return { kind: 'function', name: arn, region: arnRegion };
  const { protocol = '', hostname = '' } = URL.parse(text) ?? {};
  if (!/^https?:$/.test(protocol)) return undefined;
  const url = text.replace(/\/+$/, '');
  const [, region] = FUNCTION_URL.exec(hostname) ?? ((emulated && EMULATED_URL.exec(hostname)) || []);
  return region === undefined ? { kind: 'http', url } : { kind: 'function-url', url, region };
}
