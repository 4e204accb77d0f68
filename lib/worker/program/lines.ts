import type { Readable } from 'node:stream';

/** Takes a line. Where it answers with a promise, the next lines are read from the program when that has resolved. */
export type OnLine = (line: string) => unknown;

/** A longer line is given in pieces, so that a program without line ends cannot fill the memory. */
const LONGEST_LINE = 16_384;

/** What is found in a piece is found also where it goes on in the next one, if it is not longer than this. */
const OVERLAP = 4096;

export interface Lines {
  /** Waits for nobody any longer: the stream is about to end. */
  hurry(): void;
}

/**
 * Gives each line of a stream, without its end (`\n`, `\r\n`, or the `\r` of a progress bar), and what is left last.
 * `clean` is asked to take out of a line what nobody is to see.
 */
export function eachLine(stream: Readable, onLine: OnLine, clean?: (text: string) => string): Lines {
  const most = clean ? LONGEST_LINE + OVERLAP : LONGEST_LINE;
  const cleaned = clean ?? (text => text);
  let rest = '';
  let hurried = false;
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?=[^\n])/);
    rest = lines.pop() ?? '';
    const answers = lines.map(line => onLine(cleaned(line)));
    if (rest.length > most) rest = cleaned(rest);
    for (; rest.length > most; rest = rest.slice(LONGEST_LINE))
      answers.push(onLine(rest.slice(0, LONGEST_LINE)));
    if (hurried || !answers.some(answer => answer instanceof Promise)) return;
    stream.pause();
    void Promise.allSettled(answers).then(() => stream.resume());
  });
  stream.once('close', () => {
    if (rest) onLine(cleaned(rest.replace(/\r$/, '')));
  });
  return {
    hurry() {
      hurried = true;
      stream.resume();
    },
  };
}
