/** An object of S3. */
export interface S3Object {
  readonly bucket: string;
  readonly key: string;
}

const S3_URL = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/is;

/**
 * The object of an `s3://bucket/key` URL, or why it names none. As in every URL, `%` and what may not stand in a URL
 * is written as `%25` and so on; all that follows the bucket is the key.
 */
export function parseS3Url(url: string): S3Object | { readonly fault: string } {
  const [, bucket, encoded] = S3_URL.exec(url) ?? [];
  if (bucket === undefined || encoded === undefined)
    return { fault: `${url} names no object; it is s3://bucket/key` };
  const key = decode(encoded);
  if (key === undefined) return { fault: `${url} has a % that begins no escape; write it as %25` };
  // Whoever fetches a URL resolves such names, and the signature is for another key then.
  if (key.split('/').some(name => name === '.' || name === '..'))
    return { fault: `${url} has "." or ".." as a name in its key` };
  return { bucket, key };
}

export function isS3Url(url: string): boolean {
  return /^s3:/i.test(url);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
