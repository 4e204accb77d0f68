import { stat } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { Configuration } from '../../contract/queues.ts';
import { bindFault, TokenFile } from '../../embedded/access.ts';
import { EXIT } from '../exit-codes.ts';
import type { Context } from '../frame/context.ts';
import { CliError, UsageError } from '../frame/errors.ts';
import { readText, unreadable } from '../local-files.ts';
import { readJson } from '../read-json.ts';

/** What the command line of `sluice serve` says. */
export interface ServeArgs {
  readonly dir: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly share: readonly string[];
  readonly durability: 'full' | 'normal';
  readonly tokens: string | undefined;
  readonly config: string | undefined;
  readonly publicUrl: string | undefined;
}

/** Checks what a person can have got wrong, and gives what the server is started with. Throws `CliError`. */
export async function localOptions(context: Context, args: ServeArgs) {
  const { host, port, durability } = args;
  const tokens = await tokensOf(context, args.tokens);
  const fault = bindFault(host, tokens);
  if (fault) throw new CliError(EXIT.usage, 'token_needed', fault);
  return {
    folder: resolve(context.cwd, args.dir ?? standardFolder(context)),
    host,
    port,
    shares: await Promise.all(args.share.map(share => sharedFolder(context, share))),
    durability,
    tokens,
    configuration: await configurationOf(context, args.config),
    publicUrl: args.publicUrl === undefined ? nameOfAnyAddress(host, port) : httpUrl(args.publicUrl),
  };
}

function httpUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text.replace(/\/+$/, '');
  throw new UsageError(`the server must be an http or https URL, not "${text}"`);
}

/** Where programs of a user keep their data, by the XDG base directory specification. */
function standardFolder({ env }: Context): string {
  return join(env.XDG_DATA_HOME || join(env.HOME || homedir(), '.local', 'share'), 'sluice');
}

async function sharedFolder({ cwd }: Context, share: string): Promise<string> {
  const path = resolve(cwd, share);
  const stats = await stat(path).catch(error => unreadable(share, error));
  if (stats.isDirectory()) return path;
  throw new CliError(EXIT.usage, 'usage', `${share} cannot be shared: it is not a folder`);
}

/** Those of the file, and `SLUICE_TOKEN` as that of an admin. */
async function tokensOf(context: Context, file: string | undefined): Promise<TokenFile> {
  const { token } = context;
  const admin = token === undefined ? [] : [{ token, user: 'admin', admin: true }];
  const others = file === undefined ? [] : readJson(TokenFile, await readText(context, file), file);
  return [...readJson(TokenFile, JSON.stringify(admin), 'SLUICE_TOKEN'), ...others];
}

async function configurationOf(context: Context, file: string | undefined) {
  return file === undefined ? undefined : readJson(Configuration, await readText(context, file), file);
}

/** A server that listens at every address must be known by one that others can use. */
function nameOfAnyAddress(host: string, port: number): string | undefined {
  return ['0.0.0.0', '::', '[::]'].includes(host) && port > 0 ? `http://${hostname()}:${port}` : undefined;
}
