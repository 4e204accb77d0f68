import { CREDENTIALS, ENDPOINT, REGION } from './endpoint.ts';

/** A URL that expired long ago, with a signature that is none. */
const EXPIRED =
  `${ENDPOINT}/no-bucket/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20130524T000000Z&X-Amz-Expires=1` +
  `&X-Amz-Credential=${CREDENTIALS.accessKeyId}%2F20130524%2F${REGION}%2Fs3%2Faws4_request` +
  `&X-Amz-SignedHeaders=host&X-Amz-Signature=${'0'.repeat(64)}`;

/** Nothing here can be tested without an endpoint, and a test that skips itself tests nothing. */
export async function setup(): Promise<void> {
  const { status } = await fetch(EXPIRED).catch(() => {
    throw new Error(
      `No LocalStack answers at ${ENDPOINT}: start one, or set AWS_ENDPOINT_URL to where it is.`,
    );
  });
  if (status !== 403)
    throw new Error(
      `The LocalStack at ${ENDPOINT} does not check signatures: start it with S3_SKIP_SIGNATURE_VALIDATION=0.`,
    );
}
