import { connect, type Socket } from 'node:net';

/**
 * The least an HTTP/1.1 client can do on one kept-alive connection: POST JSON, read the reply by its
 * content-length. It costs a fraction of `fetch`, so that a benchmark on two cores measures the server.
 */
export class RawHttp {
  readonly #socket: Socket;
  readonly #host: string;
  #received: Buffer[] = [];
  #bytes = 0;
  #needed = 0;
  #answer: ((body: string) => void) | undefined;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.setNoDelay(true);
    socket.on('data', chunk => this.#take(chunk));
  }

  static open(url: string): Promise<RawHttp> {
    const { hostname, port, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new RawHttp(socket, host)));
      socket.once('error', reject);
    });
  }

  post(path: string, body: unknown): Promise<string> {
    const text = JSON.stringify(body);
    return new Promise(resolve => {
      this.#answer = resolve;
      this.#socket.write(
        `POST ${path} HTTP/1.1\r\nHost: ${this.#host}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
      );
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#needed) return;
    const all = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
    this.#received = [all];
    const headerEnd = all.indexOf('\r\n\r\n');
    if (headerEnd < 0) return;
    const length = /content-length: (\d+)/i.exec(all.toString('latin1', 0, headerEnd));
    if (!length) throw new Error(`a reply without content-length: ${all.toString('latin1', 0, headerEnd)}`);
    this.#needed = headerEnd + 4 + Number(length[1]);
    if (this.#bytes < this.#needed) return;
    const body = all.toString('utf8', headerEnd + 4, this.#needed);
    this.#received = [];
    this.#bytes = 0;
    this.#needed = 0;
    this.#answer?.(body);
  }
}
