import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalOptions, type LocalSluice, startLocal } from '../../functions/local.ts';
import { type Client, createClient } from '../../lib/client/index.ts';
import { type CliOptions, type CliResult, runCli } from './run-cli.ts';

interface ServerOptions extends Partial<LocalOptions> {
  /** Folders to make and share, by their names in the server's folder. */
  readonly sharing?: readonly string[];
}

/** A Sluice in this process, on a free port, in a folder of its own, where its command lines run. */
export class CliServer {
  readonly folder: string;
  readonly client: Client;
  readonly #options: ServerOptions;
  #sluice: LocalSluice;

  private constructor(folder: string, sluice: LocalSluice, options: ServerOptions) {
    this.folder = folder;
    this.#options = options;
    this.#sluice = sluice;
    this.client = createClient({ server: sluice.url, token: options.tokens?.[0]?.token });
  }

  static async start(options: ServerOptions = {}): Promise<CliServer> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-cli-server-')));
    return new CliServer(folder, await startIn(folder, options), options);
  }

  get url(): string {
    return this.#sluice.url;
  }

  /** Stops, waits for something, and starts again at the same address. */
  async restart(meanwhile: () => Promise<void>): Promise<void> {
    const { port } = new URL(this.url);
    await this.#sluice.close();
    await meanwhile();
    this.#sluice = await startIn(this.folder, { ...this.#options, port: Number(port) });
  }

  /** Runs a command line of `sluice` against it: words, or a text without quotes. */
  cli(line: string | readonly string[], options: CliOptions = {}): Promise<CliResult> {
    const args = typeof line === 'string' ? line.split(' ') : line;
    return runCli(args, { cwd: this.folder, ...options, env: { SLUICE_URL: this.url, ...options.env } });
  }

  async stop(): Promise<void> {
    await this.#sluice.close();
    await rm(this.folder, { recursive: true });
  }
}

async function startIn(folder: string, { sharing = [], ...options }: ServerOptions): Promise<LocalSluice> {
  const shares = sharing.map(name => join(folder, name));
  for (const share of shares) await mkdir(share, { recursive: true });
  return startLocal({ folder: join(folder, 'data'), port: 0, durability: 'normal', shares, ...options });
}
