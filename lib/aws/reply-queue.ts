/** A queue of SQS, as its ARN or its URL names it. */
export interface SqsQueue {
  readonly account: string;
  readonly name: string;
}

const ARN = /^arn:[\w-]+:sqs:[\w-]+:(\d{12}):([\w-]{1,80}(?:\.fifo)?)$/;
/** The URLs of emulators have other hosts, and some a word before the account. */
const URL_PATH = /\/(\d{12})\/([\w-]{1,80}(?:\.fifo)?)$/;

/** The queue that a text names; undefined when it names none. */
export function parseSqsQueue(text: string): SqsQueue | undefined {
  const path = /^https?:/.test(text) ? URL.parse(text)?.pathname : undefined;
  const [, account, name] = (path === undefined ? ARN.exec(text) : URL_PATH.exec(path)) ?? [];
  return account === undefined || name === undefined ? undefined : { account, name };
}

export function isFifo({ name }: SqsQueue): boolean {
  return name.endsWith('.fifo');
}
