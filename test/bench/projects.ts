import { Readable } from 'node:stream';
import { type Client, createClient } from '../../lib/client/index.ts';
import { manifestLines } from './manifest-lines.ts';

/** Projects of one size with enough files for the next figure. */
export class Stock {
  readonly server: string;
  readonly #size: number;
  readonly #client: Client;
  readonly #projects: number[] = [];
  /** How long the longest load took. */
  loadSeconds = 0;

  constructor(server: string, size: number) {
    this.server = server;
    this.#size = size;
    this.#client = createClient({ server });
  }

  /** Projects that have at least so many files ready, in all. */
  async of(files: number): Promise<number[]> {
    const projects: number[] = [];
    for (let ready = 0; ready < files; ) {
      const project = this.#projects.shift() ?? (await this.#load());
      const { counts } = await this.#client.showProject({ project });
      ready += counts.ready;
      if (counts.ready > 0) projects.push(project);
    }
    this.#projects.push(...projects);
    return projects;
  }

  async #load(): Promise<number> {
    const { id, seconds } = await loadProject(this.server, this.#size);
    this.loadSeconds = Math.max(this.loadSeconds, seconds);
    return id;
  }
}

/** Loads a project of `files` files from a manifest, as a user would; answers how long loading took. */
async function loadProject(server: string, files: number): Promise<{ id: number; seconds: number }> {
  const client = createClient({ server });
  const { project, upload } = await client.createProject({
    manifest: { format: 'ndjson' },
    maxAttempts: null,
  });
  if (!upload) throw new Error('the server did not say where to put the manifest');
  const put = await fetch(upload.url, {
    method: 'PUT',
    body: Readable.toWeb(Readable.from(manifestLines(files))),
    duplex: 'half',
  });
  if (!put.ok) throw new Error(`the upload was answered ${put.status}`);
  const begin = performance.now();
  await client.loadProject({ project: project.id });
  await untilActive(client, project.id);
  return { id: project.id, seconds: (performance.now() - begin) / 1000 };
}

async function untilActive(client: Client, project: number): Promise<void> {
  while ((await client.showProject({ project })).state === 'loading')
    await new Promise(resolve => setTimeout(resolve, 20));
}
