import { ENDPOINT } from './endpoint.ts';

/** Nothing here can be tested without an endpoint, and a test that skips itself tests nothing. */
export async function setup(): Promise<void> {
  await fetch(`${ENDPOINT}/_localstack/health`).catch(() => {
    throw new Error(
      `No LocalStack answers at ${ENDPOINT}: start one, or set AWS_ENDPOINT_URL to where it is.`,
    );
  });
}
