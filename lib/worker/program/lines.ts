import type { Readable } from 'node:stream';

export type OnLine = (line: string) => void;

/** A longer line is given in pieces, so that a program without line ends cannot fill the memory. */
const LONGEST_LINE = 16_384;

/** Gives each line of a stream, without its end (`\n`, `\r\n`, or the `\r` of a progress bar), and what is left last. */
export function eachLine(stream: Readable, onLine: OnLine): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?=[^\n])/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    for (; rest.length > LONGEST_LINE; rest = rest.slice(LONGEST_LINE)) onLine(rest.slice(0, LONGEST_LINE));
  });
  stream.once('close', () => {
    if (rest) onLine(rest.replace(/\r$/, ''));
  });
}
