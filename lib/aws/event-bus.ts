import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod';
import { type Event, PortUnavailable } from '../dispatch/ports.ts';
import type { SigningCredentials } from './sigv4-presign.ts';

export interface EventBusOptions {
  /** ARN of the bus. */
  readonly bus: string;
  readonly region: string;
  /** Where an emulator is. */
  readonly endpoint?: string | undefined;
  readonly credentials: () => Promise<SigningCredentials>;
}

const SOURCE = 'sluice';
const TIMEOUT_MILLIS = 5_000;

const Answer = z.object({
  FailedEntryCount: z.int(),
  Entries: z.array(z.object({ ErrorCode: z.string().optional(), ErrorMessage: z.string().optional() })),
});

/**
 * Puts an event on a bus of EventBridge, from the source `sluice` and with its type as detail type. One signed POST
 * (PutEvents, https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html), which needs no client of
 * its own in every function's bundle.
 */
export async function putEvent(options: EventBusOptions, event: Event): Promise<void> {
  const { bus, endpoint } = options;
  const url = new URL(endpoint ?? `https://events.${options.region}.amazonaws.com`);
  const entry = {
    ...{ EventBusName: bus, Source: SOURCE, DetailType: event.type, Time: event.at / 1000 },
    Detail: JSON.stringify(event.message),
  };
  const body = JSON.stringify({ Entries: [entry] });
  const headers = await signed(options, url, body);
  const answer = await answerTo(bus, url, { headers, body });
  const failed = Answer.safeParse(answer);
  if (!failed.success)
    throw new PortUnavailable(`${bus} gave an answer that is none`, { cause: failed.error });
  const [{ ErrorCode = '', ErrorMessage = '' } = {}] = failed.data.Entries;
  if (failed.data.FailedEntryCount > 0) throw new PortUnavailable(`${bus}: ${ErrorCode} ${ErrorMessage}`);
}

async function signed({ credentials, region }: EventBusOptions, url: URL, body: string) {
  const signer = new SignatureV4({
    ...{ service: 'events', region, credentials, sha256: Hash.bind(null, 'sha256') },
  });
  const { headers } = await signer.sign({
    ...{ method: 'POST', protocol: url.protocol, hostname: url.hostname, path: '/', body },
    headers: {
      host: url.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSEvents.PutEvents',
    },
  });
  return headers;
}

async function answerTo(
  bus: string,
  url: URL,
  request: { headers: Record<string, string>; body: string },
): Promise<unknown> {
  try {
    const response = await fetch(url, {
      ...{ method: 'POST', ...request, redirect: 'error' },
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    throw new Error(`${response.status} ${JSON.stringify(answer).slice(0, 200)}`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PortUnavailable(`${bus}: ${reason}`, { cause });
  }
}
