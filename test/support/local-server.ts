import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalOptions, type LocalSluice, startLocal } from '../../functions/local.ts';
import { type Client, createClient } from '../../lib/client/index.ts';
import { type CliOptions, type CliResult, runCli } from './run-cli.ts';

/** A Sluice in this process, on a free port, in a folder of its own; `files` below it is shared. */
export class LocalServer {
  readonly folder: string;
  readonly client: Client;
  #sluice: LocalSluice;
  readonly #options: Partial<LocalOptions>;

  private constructor(folder: string, sluice: LocalSluice, options: Partial<LocalOptions>) {
    this.folder = folder;
    this.#sluice = sluice;
    this.#options = options;
    this.client = createClient({ server: sluice.url, token: options.tokens?.[0]?.token });
  }

  static async start(options: Partial<LocalOptions> = {}): Promise<LocalServer> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-server-')));
    return new LocalServer(folder, await startIn(folder, options), options);
  }

  get url(): string {
    return this.#sluice.url;
  }

  /** Stops, does something, and starts again at the same address. */
  async restart(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    const { port } = new URL(this.url);
    await this.#sluice.close();
    await meanwhile();
    this.#sluice = await startIn(this.folder, { ...this.#options, port: Number(port) });
  }

  /** Runs a command line of `sluice` against it, in its folder. */
  cli(line: string | readonly string[], options: CliOptions = {}): Promise<CliResult> {
    const args = typeof line === 'string' ? line.split(' ') : line;
    return runCli(args, { cwd: this.folder, ...options, env: { SLUICE_URL: this.url, ...options.env } });
  }

  async stop(): Promise<void> {
    await this.#sluice.close();
    await rm(this.folder, { recursive: true });
  }
}

function startIn(folder: string, options: Partial<LocalOptions>): Promise<LocalSluice> {
  return startLocal({ folder: join(folder, 'data'), port: 0, durability: 'normal', ...options });
}
