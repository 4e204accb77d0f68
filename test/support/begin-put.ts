import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Begins a PUT of `says` bytes over a connection of its own, and sends only `sends` of them. */
export async function beginPut(
  url: string,
  { says, sends }: { says: number; sends: number },
): Promise<Socket> {
  const { hostname, port, pathname, search, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(`PUT ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${says}\r\n\r\n`);
  await new Promise(resolve => socket.write(Buffer.alloc(sends, 'x'), resolve));
  return socket;
}
