import { addressOf } from '../../connect/address.ts';
import type { Options } from './command.ts';
import { UsageError } from './errors.ts';

/** Where `sluice serve` listens when nothing else is said. */
const DEFAULT_SERVER = 'http://127.0.0.1:8470';

/** What every command understands. */
export const COMMON_OPTIONS = {
  json: { type: 'boolean', short: 'j', description: 'print JSON, for programs; errors too' },
  server: {
    type: 'string',
    placeholder: 'URL',
    env: 'SLUICE_URL',
    default: DEFAULT_SERVER,
    description: 'the server to speak to: a URL, or lambda://FUNCTION on AWS',
  },
  token: {
    type: 'string',
    env: 'SLUICE_TOKEN',
    description: 'proves who you are; the environment hides it from others on the machine',
  },
  help: { type: 'boolean', short: 'h', description: 'show this help' },
} as const satisfies Options;

/** The address of a server, without a slash at its end. Throws `UsageError` where it is none. */
export function serverAddress(text: string): string {
  if (addressOf(text)) return text.replace(/\/+$/, '');
  throw new UsageError(
    `the server must be an http or https URL, lambda://FUNCTION or the ARN of a function, not "${text}"`,
  );
}
