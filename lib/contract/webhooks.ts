import * as z from 'zod';
import { LIMITS } from './limits.ts';
import { Timestamp, WebhookName } from './words.ts';

/** Requests and replies about URLs that are told of what happens. */

export const WebhookSettings = z
  .strictObject({
    url: z
      .string()
      .max(LIMITS.urlLength)
      .describe('`https:`; a server on one machine also takes `http:` to that machine itself'),
    all: z
      .boolean()
      .default(false)
      .describe('Tell it of every project and task; otherwise of tasks that name it: `webhook:NAME`'),
  })
  .describe('What a webhook is to be');
export type WebhookSettings = z.infer<typeof WebhookSettings>;

const facts = {
  name: WebhookName,
  url: z.string(),
  all: z.boolean(),
  createdAt: Timestamp,
  isWaiting: z.boolean().describe('Something could not be told yet, and is tried again'),
  failure: z
    .object({ at: Timestamp, message: z.string() })
    .optional()
    .describe('The last time that something could not be told'),
  dropped: z.int().describe('Events that were given up after a day'),
};

export const Webhook = z.object(facts).describe('A URL that is told of what happens');
export type Webhook = z.infer<typeof Webhook>;

export const DeclaredWebhook = z.object({
  ...facts,
  secret: z
    .string()
    .optional()
    .describe('What signs its messages (standardwebhooks.com); given once, when the webhook is made'),
});
export type DeclaredWebhook = z.infer<typeof DeclaredWebhook>;

export const WebhookList = z.object({ webhooks: z.array(Webhook) });
export type WebhookList = z.infer<typeof WebhookList>;

export const DeletedWebhook = z.object({ deleted: z.string() });
