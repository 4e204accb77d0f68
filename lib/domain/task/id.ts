/**
 * The id of a task: `<queue>-<number>`, such as `juicer-1043`. Numbers of a queue count up, so ids are easy to type,
 * are in the order of submission, and say where the task is kept.
 */
export type TaskPlace = {
  readonly queue: string;
  readonly number: number;
};

const ID = /^([A-Za-z0-9_][A-Za-z0-9_.@+-]{0,47})-([1-9]\d{0,11})$/;

export function formatTaskId({ queue, number }: TaskPlace): string {
  return `${queue}-${number}`;
}

/** Reads a task's id; undefined when the text is not one. */
export function parseTaskId(text: string): TaskPlace | undefined {
  const [, queue, number] = ID.exec(text) ?? [];
  return queue === undefined ? undefined : { queue, number: Number(number) };
}

/**
 * The token of a reserved task: `<id>.<attempt>.<lease>`. It says where the task is and which attempt it speaks for.
 * It fences; it does not authenticate.
 */
export interface TaskToken extends TaskPlace {
  readonly attempt: number;
  readonly lease: number;
}

/** Each token has one text: attempts and leases count from one and begin with no zero. */
const TOKEN = /^(.+)\.([1-9]\d{0,5})\.([1-9]\d{0,9})$/;

export function formatTaskToken(token: TaskToken): string {
  return `${formatTaskId(token)}.${token.attempt}.${token.lease}`;
}

/** Reads a token; undefined when the text is not one. */
export function parseTaskToken(text: string): TaskToken | undefined {
  const [, id = '', attempt, lease] = TOKEN.exec(text) ?? [];
  const place = parseTaskId(id);
  return place && { ...place, attempt: Number(attempt), lease: Number(lease) };
}
