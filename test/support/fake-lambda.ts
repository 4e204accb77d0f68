import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  /** Path and query, as on the wire. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Stands where AWS would: keeps what arrives, and answers what a test says. */
export class FakeLambda {
  readonly arrived: Arrived[] = [];
  readonly #server: Server;
  #replies: Reply[] = [];

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const { method = '', url: target = '', headers } = request;
      this.arrived.push({ method, target, headers, body: await text(request) });
      // The last reply is given for ever.
      const [reply] = this.#replies.length > 1 ? this.#replies.splice(0, 1) : this.#replies;
      if (!reply) return;
      response.writeHead(reply.status ?? 200, reply.headers);
      response.end(JSON.stringify(reply.body));
    });
  }

  static async start(): Promise<FakeLambda> {
    const fake = new FakeLambda();
    await once(fake.#server.listen(0, '127.0.0.1'), 'listening');
    return fake;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** What it answers from now on, one after the other; without any it never answers. */
  answer(...replies: Reply[]): void {
    this.#replies = replies;
  }

  get last(): Arrived {
    const last = this.arrived.at(-1);
    if (!last) throw new Error('nothing arrived');
    return last;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/**
 * The signature that a request should have, by
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv4-create-signed-request.html, and the one it has.
 */
export function signaturesOf({ method, target, headers, body }: Arrived, secret: string) {
  const [, scope = '', names = '', given] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\S+), SignedHeaders=(\S+), Signature=(\w+)$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const { pathname, search } = new URL(target, 'http://any');
  const query = search.slice(1).split('&').sort().join('&');
  const path = pathname.split('/').map(encodeURIComponent).join('/');
  const lines = names.split(';').map(name => `${name}:${headers[name]}\n`);
  const canonical = [method, path, query, lines.join(''), names, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`));
  return { scope, names: names.split(';'), given, expected: hmac(key, toSign).toString('hex') };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
