import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A request that has arrived at the proxy. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
  /** The connection breaks in the middle of the body. */
  readonly breaksOff?: boolean;
}

/** Sends the request on, as often as it is called. `breakOff`: breaks the connection in the middle of the body. */
export type Pass = (how?: { readonly breakOff: boolean }) => Promise<Answer>;

/** What is between callers and a server; without an answer the caller's connection breaks. */
export type Meddler = (asked: Asked, pass: Pass) => Promise<Answer | undefined>;

export interface Proxy extends AsyncDisposable {
  readonly url: string;
}

/** Starts a server at a free port of this machine that passes requests on to `target`, as the meddler has it. */
export async function startProxy(target: string, meddle: Meddler): Promise<Proxy> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer(async (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.once('close', () => outgoing.writableFinished || gone.abort());
    const { method = 'GET', url: path = '/', headers } = incoming;
    try {
      const asked = { method, path, headers, body: await buffer(incoming) };
      const answer = await meddle(asked, how => pass(target, agent, asked, gone.signal, how));
      if (answer) reply(outgoing, answer);
      else outgoing.destroy();
    } catch {
      outgoing.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function reply(outgoing: ServerResponse, { status, headers, body, breaksOff }: Answer): void {
  outgoing.writeHead(status, { ...headers, 'content-length': body.length });
  if (breaksOff) outgoing.write(body.subarray(0, body.length / 2), () => outgoing.destroy());
  else outgoing.end(body);
}

/** Whoever waits for an answer no longer lets the server know. */
async function pass(
  target: string,
  agent: Agent,
  { method, path, headers, body }: Asked,
  signal: AbortSignal,
  { breakOff } = { breakOff: false },
): Promise<Answer> {
  // The host stays as the caller has it: signatures are made for it, and function URLs are told by it.
  const sent = request(new URL(path, target), { method, headers: lengthOf(headers, body), agent, signal });
  if (breakOff) sent.write(body.subarray(0, body.length / 2), () => sent.destroy());
  else sent.end(body);
  const [response] = await once(sent, 'response');
  const { 'transfer-encoding': _, ...known } = response.headers;
  return { status: response.statusCode, headers: known, body: await buffer(response) };
}

/** What arrived in chunks goes on whole. */
function lengthOf({ 'transfer-encoding': _, ...headers }: IncomingHttpHeaders, body: Buffer) {
  return body.length > 0 ? { ...headers, 'content-length': String(body.length) } : headers;
}
