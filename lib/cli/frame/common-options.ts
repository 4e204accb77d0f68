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
    description: 'the server to speak to',
  },
  token: {
    type: 'string',
    env: 'SLUICE_TOKEN',
    description: 'proves who you are; the environment hides it from others on the machine',
  },
  help: { type: 'boolean', short: 'h', description: 'show this help' },
} as const satisfies Options;

/** The base URL of a server, without a slash at its end. Throws `UsageError` where it is not an HTTP URL. */
export function serverUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) {
    throw new UsageError(`the server must be an http or https URL, not "${text}"`);
  }
  return text.replace(/\/+$/, '');
}
