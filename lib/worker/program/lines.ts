import type { Readable } from 'node:stream';

export type OnLine = (line: string) => void;

/** A longer line is given in pieces, so that a program without line ends cannot fill the memory. */
const LONGEST_LINE = 16_384;

/** What is found in a piece is found also where it goes on in the next one, if it is not longer than this. */
const OVERLAP = 4096;

/**
 * Gives each line of a stream, without its end (`\n`, `\r\n`, or the `\r` of a progress bar), and what is left last.
 * `clean` is asked to take out of a line what nobody is to see.
 */
export function eachLine(stream: Readable, onLine: OnLine, clean?: (text: string) => string): void {
  const most = clean ? LONGEST_LINE + OVERLAP : LONGEST_LINE;
  const cleaned = clean ?? (text => text);
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?=[^\n])/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(cleaned(line));
    if (rest.length > most) rest = cleaned(rest);
    for (; rest.length > most; rest = rest.slice(LONGEST_LINE)) onLine(rest.slice(0, LONGEST_LINE));
  });
  stream.once('close', () => {
    if (rest) onLine(cleaned(rest.replace(/\r$/, '')));
  });
}
