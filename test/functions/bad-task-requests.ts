import { LIMITS } from '../../lib/contract/limits.ts';
import type { ProblemCode } from '../../lib/contract/problems.ts';
import type { BadRequest } from './bad-requests.ts';

type Body = Parameters<typeof JSON.stringify>[0];

const bad = (
  what: string,
  [method, path]: readonly [string, string],
  body: Body,
  detail: string,
  code: ProblemCode = 'invalid_request',
): BadRequest => ({
  ...{ what: `${method} ${path}: ${what}`, method, path, code, detail },
  ...(body !== undefined && { body: JSON.stringify(body) }),
});

const long = (length: number) => 'x'.repeat(length);
const WORD = 'may have letters, digits and _ . @ + -, and begins with a letter, a digit or _';
const ID = 'the id of a task is its queue and its number: juicer-1043';

const submit = (what: string, fields: Body, detail: string, code?: ProblemCode) =>
  bad(what, ['POST', '/v1/tasks'], { name: 'promote', ...fields }, detail, code);
const post = (verb: string) => (what: string, body: Body, detail: string, code?: ProblemCode) =>
  bad(what, ['POST', `/v1/tasks/${verb}`], body, detail, code);
const get = (path: string, detail: string, code?: ProblemCode) =>
  bad('', ['GET', path], undefined, detail, code);
const queue = (what: string, body: Body, detail: string, code?: ProblemCode) =>
  bad(what, ['PUT', '/v1/queues/press'], body, detail, code);
const [batch, reserve, update, log, end, heartbeat] = [
  post('batch'),
  post('reserve'),
  post('update'),
  post('log'),
  post('end'),
  post('heartbeat'),
];

/** The token of juicer-1, which `w1` holds. */
const token = 'juicer-1.1.2';
const asked = { worker: 'w1', queues: ['juicer'] };

/**
 * The queue juicer has three tasks: the first is held by `w1`, the second is cancelled, the third is queued. `promote` is
 * bound to it. The queue press is empty.
 */
export const BAD_TASK_REQUESTS: readonly BadRequest[] = [
  submit('a field that is not known', { argv: 1 }, 'there is no field "argv"'),
  submit('no name', { name: undefined }, 'name: it is missing'),
  submit('a name with a space', { name: 'two words' }, `name: the name of a task ${WORD}`),
  submit('arguments that are a list', { args: [1] }, 'args: arguments are a JSON object'),
  submit(
    'arguments that are too large',
    { args: { a: long(LIMITS.jsonBytes) } },
    'args: arguments have at most 65536 bytes of JSON; these have 65544',
  ),
  submit(
    'arguments that are too large in bytes',
    { args: { a: 'é'.repeat(LIMITS.jsonBytes / 2) } },
    'args: arguments have at most 65536 bytes of JSON; these have 65544',
  ),
  submit('meta that is a text', { meta: 'x' }, 'meta: attributes are a JSON object'),
  submit(
    'a priority that is none',
    { priority: 'urgent' },
    'priority: "high" or "normal" or "low" is expected, not "urgent"',
  ),
  submit(
    'a time and a delay',
    { startAt: 1, delaySeconds: 1 },
    'a task begins either at a time or after a delay: give one of them',
  ),
  submit('a delay below zero', { delaySeconds: -1 }, 'delaySeconds: it must be at least 0'),
  submit('too many attempts', { maxAttempts: 101 }, 'maxAttempts: it must be at most 100'),
  submit('a timeout of nothing', { timeoutSeconds: 0 }, 'timeoutSeconds: it must be more than 0'),
  submit('an empty key', { dedupKey: '' }, 'dedupKey: it is empty'),
  submit('a parent that is no id', { parent: 'juicer' }, `parent: ${ID}`),
  submit('a parent that is not there', { parent: 'juicer-99' }, 'there is no task juicer-99', 'task_unknown'),
  submit(
    'a parent that is cancelled',
    { parent: 'juicer-2' },
    'task juicer-2 is cancelled: no further task can be a part of it',
    'wrong_state',
  ),
  submit('a queue that is not there', { queue: 'nowhere' }, 'there is no queue nowhere', 'queue_unknown'),
  submit(
    'a name that is bound nowhere',
    { name: 'x' },
    'no queue is bound to tasks named x: name a queue',
    'queue_unknown',
  ),
  submit(
    'replies that cannot be sent',
    { replyTo: 'sqs:x' },
    'replyTo: this server sends to sluice:NAME, a queue of replies, or to webhook:NAME, and not to sqs:x',
  ),
  submit(
    'replies to a queue whose name is none',
    { replyTo: 'sluice:two words' },
    `replyTo: the name of a reply queue ${WORD}`,
  ),
  submit(
    'too many inputs',
    { inputs: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`i${n}`, 'u'])) },
    'inputs: a task has at most 32 of them',
  ),
  batch('no task', { tasks: [] }, 'tasks: the list is empty'),
  batch(
    'too many',
    { tasks: Array.from({ length: 257 }, () => ({ name: 'promote' })) },
    'tasks: at most 256 can be given; these are 257',
  ),
  batch('one of them bad', { tasks: [{ name: 'promote' }, {}] }, 'tasks.1.name: it is missing'),
  batch(
    'one of them for no queue',
    { tasks: [{ name: 'promote' }, { name: 'x' }] },
    'no queue is bound to tasks named x: name a queue',
    'queue_unknown',
  ),

  reserve('no worker', { queues: ['juicer'] }, 'worker: it is missing'),
  reserve('no queue', { ...asked, queues: [] }, 'queues: the list is empty'),
  reserve(
    'a queue that is not there',
    { ...asked, queues: ['nowhere'] },
    'there is no queue nowhere',
    'queue_unknown',
  ),
  reserve('too many', { ...asked, count: 65 }, 'count: it must be at most 64'),
  reserve('none', { ...asked, count: 0 }, 'count: it must be more than 0'),
  reserve('for too long', { ...asked, waitSeconds: 31 }, 'waitSeconds: it must be at most 30'),

  log('no token', { text: 'x\n' }, 'token: it is missing'),
  log('no lines', { token }, 'text: it is missing'),
  log(
    'a token that is none',
    { token: 'x', text: 'x\n' },
    'x: no such reservation was made',
    'token_unknown',
  ),
  log('half a line', { token, text: 'one\ntwo' }, 'text: a log has whole lines: end the last one, too'),
  log(
    'too much at once',
    { token, text: `${long(LIMITS.logPageBytes)}\n` },
    'text: lines have at most 524288 bytes a call; these have 524289',
  ),
  log('a place before the beginning', { token, text: 'x\n', from: -1 }, 'from: it must be at least 0'),
  get('/v1/tasks/juicer-1/log?after=x', 'after: it is the `next` of the page before'),
  get('/v1/tasks/juicer-1/log?limit=3', 'limit: it must be at least 4'),
  get('/v1/tasks/juicer-9/log', 'there is no task juicer-9', 'task_unknown'),

  update('no token', {}, 'token: it is missing'),
  update('a token that is none', { token: 'x' }, 'x: no such reservation was made', 'token_unknown'),
  update(
    'a token of a queue that is not there',
    { token: 'nowhere-1.1.1' },
    'attempt 1 of task nowhere-1: no such reservation was made',
    'token_unknown',
  ),
  update(
    'a token of a task that is not there',
    { token: 'juicer-9.1.2' },
    'attempt 1 of task juicer-9: no such reservation was made',
    'token_unknown',
  ),
  update(
    'a token of an attempt that was not made',
    { token: 'juicer-1.2.2' },
    'attempt 2 of task juicer-1: no such reservation was made',
    'token_unknown',
  ),
  update(
    'a token of a lease that was not made',
    { token: 'juicer-1.1.9' },
    'attempt 1 of task juicer-1: no such reservation was made',
    'token_unknown',
  ),
  update('a history too long', { token, maxlen: 1001 }, 'maxlen: it must be at most 1000'),
  update(
    'an event too large',
    { token, event: { a: long(LIMITS.eventBytes) } },
    'event: events have at most 16384 bytes of JSON; these have 16392',
  ),
  update(
    'a checkpoint that is a list',
    { token, checkpoint: [] },
    'checkpoint: checkpoints are a JSON object',
  ),
  update('progress without a number', { token, progress: {} }, 'progress.current: it is missing'),

  end('no outcome', { token }, 'outcome: it is succeeded, failed, released or cancelled'),
  end('an error without a message', { token, outcome: 'failed', error: {} }, 'error.message: it is missing'),
  end(
    'a result that is a number',
    { token, outcome: 'succeeded', result: 7 },
    'result: results are a JSON object',
  ),
  end(
    'a cancel that nobody asked for',
    { token, outcome: 'cancelled' },
    'task juicer-1 is running: it cannot become cancelled before it is cancelling',
    'wrong_state',
  ),
  heartbeat('no token', { tokens: [] }, 'tokens: the list is empty'),

  get('/v1/tasks/juicer', '"juicer" is not the id of a task', 'task_unknown'),
  get('/v1/tasks/juicer-0', '"juicer-0" is not the id of a task', 'task_unknown'),
  get('/v1/tasks/juicer-01', '"juicer-01" is not the id of a task', 'task_unknown'),
  get('/v1/tasks/juicer-4', 'there is no task juicer-4', 'task_unknown'),
  get('/v1/tasks/nowhere-1', 'there is no task nowhere-1', 'task_unknown'),
  get('/v1/tasks?queue=nowhere', 'there is no queue nowhere', 'queue_unknown'),
  get('/v1/tasks?parent=juicer-4', 'there is no task juicer-4', 'task_unknown'),
  get('/v1/tasks?after=7', `after: ${ID}`),
  get('/v1/tasks?limit=0', 'limit: it must be more than 0'),
  get('/v1/tasks/held', 'worker: it is missing'),
  get('/v1/tasks/held?worker=w&queue=nowhere', 'there is no queue nowhere', 'queue_unknown'),
  bad(
    '',
    ['POST', '/v1/tasks/juicer-2/cancelled'],
    {},
    'there is nothing at /v1/tasks/juicer-2/cancelled',
    'not_found',
  ),
  bad(
    'it is queued',
    ['POST', '/v1/tasks/juicer-3/retry'],
    {},
    'task juicer-3 is queued: only a task that is failed or cancelled can be retried',
    'wrong_state',
  ),
  bad(
    'it is running',
    ['DELETE', '/v1/tasks/juicer-1'],
    undefined,
    'task juicer-1 is running: it can be deleted once it is succeeded, failed or cancelled',
    'wrong_state',
  ),
  bad(
    'it is not there',
    ['POST', '/v1/tasks/juicer-4/cancel'],
    {},
    'there is no task juicer-4',
    'task_unknown',
  ),

  get('/v1/queues/two%20words', '"two%20words" is not the name of a queue', 'queue_unknown'),
  get('/v1/queues/nowhere', 'there is no queue nowhere', 'queue_unknown'),
  get(`/v1/queues/${long(49)}`, `"${long(40)}" is not the name of a queue`, 'queue_unknown'),
  bad(
    'it is not there',
    ['POST', '/v1/queues/nowhere/pause'],
    {},
    'there is no queue nowhere',
    'queue_unknown',
  ),
  queue('a lease of nothing', { leaseSeconds: 0 }, 'leaseSeconds: it must be more than 0'),
  queue('a setting that is not known', { lease: 1 }, 'there is no field "lease"'),
  queue('a limit of none', { concurrency: 0 }, 'concurrency: it must be more than 0'),
  queue(
    'a name that is bound elsewhere',
    { bindings: ['promote'] },
    'tasks named promote are bound to queue juicer',
    'wrong_state',
  ),
  get('/v1/configs/none', 'there is no configuration none', 'config_unknown'),
  bad(
    'a value that is a list',
    ['PUT', '/v1/configs/c'],
    { value: [] },
    'value: configurations are a JSON object',
  ),
  bad('no value', ['PUT', '/v1/configs/c'], {}, 'value: configurations are a JSON object'),
];
