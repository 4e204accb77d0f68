import { createHmac, randomBytes } from 'node:crypto';
import type { Context } from '../context.ts';
import type { Event } from '../ports.ts';
import type { Destination } from './destinations.ts';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** A new secret of a webhook. */
export function newSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/**
 * Tells a webhook of an event, signed as Standard Webhooks has it
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */
export async function postWebhook(
  { posting, clock }: Pick<Context, 'posting' | 'clock'>,
  { url, secret }: NonNullable<Destination['webhook']>,
  { id, type, at, message }: Event,
): Promise<void> {
  const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data: message });
  const timestamp = Math.floor(clock.now() / 1000);
  await posting?.post(url, {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': `v1,${signatureOf(secret, `${id}.${timestamp}.${body}`)}`,
    },
    body,
  });
}

function signatureOf(secret: string, signed: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return createHmac('sha256', key).update(signed).digest('base64');
}
