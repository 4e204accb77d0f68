import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';

/**
 * The floor: a bare Node HTTP server that does one SQLite update of a block for each call, and nothing else that a
 * dispatcher does: no validation, no tokens checked, no leases, no queue. It answers as many small reservations as
 * are asked for, so that both sides move alike bytes.
 *
 * Arguments: database file, `full` or `normal`.
 */
const [, , path = '', durability = 'full'] = process.argv;
const BLOCKS = 4000;
const SLOTS = 256;

const database = new DatabaseSync(path);
database.exec(`
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = ${durability};
  CREATE TABLE blocks (number INTEGER PRIMARY KEY, version INTEGER NOT NULL, value TEXT NOT NULL);
  BEGIN;
`);
const insert = database.prepare('INSERT INTO blocks VALUES (?, 1, ?)');
for (let number = 0; number < BLOCKS; number += 1)
  insert.run(number, JSON.stringify({ slots: '.'.repeat(SLOTS) }));
database.exec('COMMIT');
const select = database.prepare('SELECT version, value FROM blocks WHERE number = ?');
const update = database.prepare(
  'UPDATE blocks SET version = version + 1, value = ? WHERE number = ? AND version = ?',
);

let next = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const reply = request.url === '/reserve' ? reserve(body.count) : done(body.done);
    const text = JSON.stringify(reply);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.({ url: `http://127.0.0.1:${address?.port}` });
});

function reserve(count: number) {
  const first = next;
  next = (next + count) % (BLOCKS * SLOTS - 256);
  mark(first, count, 'r');
  const reservations = Array.from({ length: count }, (_, offset) => ({
    token: String(first + offset),
    did: `mc:file-${first + offset}.root`,
    attempt: 1,
    replicas: [{ url: `https://store.example/mc/file-${first + offset}.root`, site: 'FNAL' }],
  }));
  return { status: 'reserved', reservations };
}

function done(tokens: string[]) {
  mark(Number(tokens[0]), tokens.length, 'D');
  return { results: tokens.map(token => ({ accepted: true, token, state: 'done' })) };
}

function mark(first: number, count: number, state: string): void {
  const number = Math.floor(first / SLOTS);
  const row = select.get(number);
  const slots: string = JSON.parse(String(row?.value)).slots;
  const from = first % SLOTS;
  const to = Math.min(from + count, SLOTS);
  const value = JSON.stringify({ slots: slots.slice(0, from) + state.repeat(to - from) + slots.slice(to) });
  update.run(value, number, Number(row?.version));
}
