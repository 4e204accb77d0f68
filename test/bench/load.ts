import { RawHttp } from './raw-http.ts';

/**
 * The load of one figure, in a process of its own: clients that reserve and report, two calls a round, until the time
 * is up or the projects have no more files. Sends `{ filesPerSecond }` to its parent.
 *
 * Arguments: server URL, paths of the projects (comma-separated), files a call, clients, seconds, `fetch` or `raw`.
 */
const [, , server = '', paths = '', perCall = '1', clients = '1', seconds = '1', by = 'fetch'] = process.argv;
const WARM_UP_MILLIS = 500;

const projects = paths.split(',');
const begin = performance.now() + WARM_UP_MILLIS;
const end = begin + Number(seconds) * 1000;
let files = 0;
let last = begin;

/** What most programs use. */
const fetcher: Pick<RawHttp, 'post' | 'close'> = {
  async post(path, body) {
    const response = await fetch(server + path, { method: 'POST', body: JSON.stringify(body) });
    return response.text();
  },
  close() {},
};

await Promise.all(Array.from({ length: Number(clients) }, (_, number) => work(`bench-${number}`)));
process.send?.({ filesPerSecond: (1000 * files) / (last - begin) });
process.disconnect();

async function work(worker: string): Promise<void> {
  const http = by === 'raw' ? await RawHttp.open(server) : fetcher;
  for (const project of projects) {
    while (performance.now() < end) {
      const tokens = tokensOf(await http.post(`${project}/reserve`, { worker, count: Number(perCall) }));
      if (tokens.length === 0) break;
      const reply = await http.post(`${project}/done`, { done: tokens });
      if (!reply.startsWith('{"results":[{"accepted":true'))
        throw new Error(`refused: ${reply.slice(0, 200)}`);
      const now = performance.now();
      if (now < begin || now > end) continue;
      files += tokens.length;
      last = now;
    }
  }
  http.close();
}

/** The tokens of what was reserved; none when the project has no more. */
function tokensOf(reply: string): string[] {
  const { status, reservations = [] }: { status?: string; reservations?: { token: string }[] } =
    JSON.parse(reply);
  if (status === undefined) throw new Error(`refused: ${reply.slice(0, 200)}`);
  return reservations.map(({ token }) => token);
}
