import { LIMITS } from '../../lib/contract/limits.ts';
import type { ProblemCode } from '../../lib/contract/problems.ts';

/** A request that is refused, and how. */
export interface BadRequest {
  /** What is wrong with it. */
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly code: ProblemCode;
  readonly detail: string;
}

type Body = Parameters<typeof JSON.stringify>[0];

const bad = (
  what: string,
  [method, path]: readonly [string, string],
  body: string | Uint8Array | undefined,
  detail: string,
  code: ProblemCode = 'invalid_request',
): BadRequest => ({ what, method, path, ...(body !== undefined && { body }), code, detail });

const replicas = [{ url: 'https://host/f' }];
const file = { name: 'f', replicas };
const many = (count: number) => Array.from({ length: count }, (_, index) => index);
const long = (length: number) => 'x'.repeat(length);
const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

const CREATE = ['POST', '/v1/projects'] as const;
const on = (verb: string, project = '1') => ['POST', `/v1/projects/${project}/${verb}`] as const;
const get = (path: string) => ['GET', path] as const;

const text = (what: string, body: string | Uint8Array, detail: string, code?: ProblemCode) =>
  bad(what, CREATE, body, detail, code);
const project = (what: string, fields: Body, detail: string, code?: ProblemCode) =>
  bad(what, CREATE, JSON.stringify({ files: [file], ...fields }), detail, code);
const oneFile = (what: string, fields: Body, detail: string) =>
  bad(what, CREATE, JSON.stringify({ files: [{ ...file, ...fields }] }), detail);
const call = (verb: string) => (what: string, body: Body, detail: string, code?: ProblemCode) =>
  bad(`${verb}: ${what}`, on(verb), JSON.stringify(body), detail, code);

const [reserve, done, failed, release, advance, heartbeat, output, restart, copy, replica] = [
  call('reserve'),
  call('done'),
  call('failed'),
  call('release'),
  call('advance'),
  call('heartbeat'),
  call('output'),
  call('restart'),
  call('copy'),
  call('replica'),
];
const sites = (what: string, body: Body, detail: string) =>
  bad(`sites: ${what}`, ['PUT', '/v1/sites'], JSON.stringify(body), detail);
const listing = (query: string, detail: string) =>
  bad(`files?${query}`, get(`/v1/projects/1/files?${query}`), undefined, detail);
const shown = (query: string, detail: string, code?: ProblemCode) =>
  bad(`file?${query}`, get(`/v1/projects/1/file?${query}`), undefined, detail, code);
const id = (text: string, named = text) =>
  bad(
    `project ${text.slice(0, 30)}`,
    get(`/v1/projects/${text}`),
    undefined,
    `"${named}" is not the number of a project`,
    'project_unknown',
  );
const nowhere = (path: string) =>
  bad(`path ${path}`, get(path), undefined, `there is nothing at ${path}`, 'not_found');
const method = (method: string, path: string, takes: string) =>
  bad(
    `${method} ${path}`,
    [method, path],
    undefined,
    `${path} takes ${takes}, not ${method}`,
    'method_not_allowed',
  );

const EITHER = 'a project is made either of files or of a manifest: give one of them';
const WORD = 'may have letters, digits and _ . @ + -, and begins with a letter, a digit or _';
const REPORT = 'a report is a token, or an object with either a token or a did';

/**
 * Project 1 has the files f0 to f3: `w1` holds f0, f1 is done. Project 2 waits for its manifest. Project 3 is
 * cancelled. There is no other.
 */
export const BAD_REQUESTS: readonly BadRequest[] = [
  text('a body that is no JSON', 'files=f', 'the body is not JSON'),
  text('half a body', '{"files":[', 'the body is not JSON'),
  text('two bodies', '{}{}', 'the body is not JSON'),
  text('a byte order mark', '\uFEFF{}', 'the body is not JSON'),
  text('a number that is none', '{"files":[{"name":"f"}],"leaseSeconds":NaN}', 'the body is not JSON'),
  text('bytes that are no UTF-8', Buffer.from('{"title":"\xff"}', 'latin1'), 'the body is not UTF-8'),
  text('no body', '', EITHER),
  text('an empty object', '{}', EITHER),
  text('a list', '[]', 'the body: an object is expected, not a list'),
  text('a list nested deeply', nested(100_000), 'the body: an object is expected, not a list'),
  text('null', 'null', 'the body: an object is expected, not null'),
  text('a text', '"f"', 'the body: an object is expected, not "f"'),
  text('a number', '17', 'the body: an object is expected, not 17'),
  text(
    'a body that is too large',
    `"${long(LIMITS.bodyBytes)}"`,
    'a request may have 4194304 bytes; this one has 4194306',
    'body_too_large',
  ),
  text(
    'a prototype',
    `{"__proto__":{"virtual":true},"files":[{"name":"f"}]}`,
    'there is no field "__proto__"',
  ),
  text(
    'a prototype of a file',
    `{"files":[{"name":"f","__proto__":{"size":1}}]}`,
    'files.0: there is no field "__proto__"',
  ),
  text(
    'a prototype among attributes',
    `{"files":[{"name":"f"}],"attributes":{"a":{"__proto__":1}}}`,
    'attributes: attributes cannot have the name __proto__',
  ),
  text(
    'attributes nested deeply',
    `{"files":[{"name":"f"}],"attributes":{"a":${nested(100_000)}}}`,
    'attributes: attributes are nested more than 32 levels deep',
  ),
  text(
    'attributes of a file nested deeply',
    `{"files":[{"name":"f","attributes":{"a":${nested(3000)}}}]}`,
    'files.0.attributes: attributes are nested more than 32 levels deep',
  ),
  text(
    'a number beyond all numbers',
    `{"files":[{"name":"f"}],"attributes":{"a":1e999}}`,
    'attributes: attributes have a number that is too large',
  ),

  project('files and a manifest', { manifest: {} }, EITHER),
  project('a field that is not known', { leaseSecs: 1 }, 'there is no field "leaseSecs"'),
  project(
    'fields that are not known',
    { constructor: 1, toString: 2 },
    'there is no field "constructor", "toString"',
  ),
  project('a title that is too long', { title: long(257) }, 'title: it is longer than 256 characters'),
  project('a title that is a number', { title: 5 }, 'title: a text is expected, not 5'),
  project('an owner without a name', { owner: '' }, `owner: a user ${WORD}`),
  project('an owner with a space', { owner: 'ann lee' }, `owner: a user ${WORD}`),
  project('an owner like an option', { owner: '--all' }, `owner: a user ${WORD}`),
  project('an owner like a path', { owner: '../ann' }, `owner: a user ${WORD}`),
  project('an owner that is too long', { owner: long(65) }, 'owner: a user is longer than 64 characters'),
  project('attributes that are a list', { attributes: [] }, 'attributes: attributes are a JSON object'),
  project('attributes that are a text', { attributes: 'x' }, 'attributes: attributes are a JSON object'),
  project('attributes that are null', { attributes: null }, 'attributes: attributes are a JSON object'),
  project(
    'attributes that are too large',
    { attributes: { a: long(8192) } },
    'attributes: attributes are larger than 8192 characters of JSON',
  ),
  project(
    'file attributes that are a number',
    { fileAttributes: 7 },
    'fileAttributes: attributes are a JSON object',
  ),
  project('a lease of no length', { leaseSeconds: 0 }, 'leaseSeconds: it must be more than 0'),
  project('a lease that ends before it begins', { leaseSeconds: -1 }, 'leaseSeconds: it must be more than 0'),
  project(
    'a lease of more than a year',
    { leaseSeconds: 31_536_001 },
    'leaseSeconds: it must be at most 31536000',
  ),
  project('a lease in words', { leaseSeconds: '12h' }, 'leaseSeconds: a number is expected, not "12h"'),
  project(
    'a lease that is not a number in words',
    { leaseSeconds: 'NaN' },
    'leaseSeconds: a number is expected, not "NaN"',
  ),
  project('an idle time of no length', { idleSeconds: 0 }, 'idleSeconds: it must be more than 0'),
  project('no attempts', { maxAttempts: 0 }, 'maxAttempts: it must be more than 0'),
  project('half an attempt', { maxAttempts: 1.5 }, 'maxAttempts: a whole number is expected, not 1.5'),
  project('too many attempts', { maxAttempts: 1001 }, 'maxAttempts: it must be at most 1000'),
  project('attempts that are a list', { maxAttempts: [3] }, 'maxAttempts: a number is expected, not a list'),
  project(
    'a backoff into the past',
    { retryBackoffSeconds: -1 },
    'retryBackoffSeconds: it must be at least 0',
  ),
  project(
    'a longest backoff of null',
    { retryBackoffMaxSeconds: null },
    'retryBackoffMaxSeconds: a number is expected, not null',
  ),
  project(
    'an expiry that is not known',
    { onLeaseExpiry: 'wait' },
    'onLeaseExpiry: "retry" or "fail" is expected, not "wait"',
  ),
  project('a virtual that is a text', { virtual: 'yes' }, 'virtual: true or false is expected, not "yes"'),
  project('users that are no list', { users: 'ann' }, 'users: a list is expected, not "ann"'),
  project(
    'too many users',
    { users: many(257).map(n => `u${n}`) },
    'users: at most 256 can be given; these are 257',
  ),
  project('a user with a space', { users: ['ann', 'b b'] }, `users.1: a user ${WORD}`),
  project('a role that is too long', { roles: [long(65)] }, 'roles.0: a role is longer than 64 characters'),
  text(
    'a manifest of an unknown form',
    '{"manifest":{"format":"xml"}}',
    'manifest.format: "ndjson" or "json" or "csv" or "lines" is expected, not "xml"',
  ),
  text('a manifest that is a text', '{"manifest":"csv"}', 'manifest: an object is expected, not "csv"'),
  text(
    'a manifest with its URL',
    '{"manifest":{"url":"https://host/m"}}',
    'manifest: there is no field "url"',
  ),

  text('no files', '{"files":[]}', 'files: the list of files is empty'),
  project(
    'too many files',
    { files: many(10_001).map(n => ({ name: `f${n}` })) },
    'files: at most 10000 files can be given inline: use a manifest',
  ),
  project('files that are a text', { files: 'f0,f1' }, 'files: a list is expected, not "f0,f1"'),
  project('files that are an object', { files: { f0: {} } }, 'files: a list is expected, not an object'),
  project('a file that is a text', { files: [file, 'f1'] }, 'files.1: an object is expected, not "f1"'),
  project('a file that is null', { files: [null] }, 'files.0: an object is expected, not null'),
  project('a file without a name', { files: [{ replicas }] }, 'files.0.name: the file has no name'),
  project(
    'a file by its DID',
    { files: [{ did: 'mc:f', replicas }] },
    'files.0.name: the file has no name; files.0: there is no field "did"',
  ),
  oneFile('a name that is a number', { name: 5 }, 'files.0.name: the file has no name'),
  oneFile('a name that is empty', { name: '' }, 'files.0.name: the name is empty'),
  oneFile('a name with a line end', { name: 'a\nb' }, 'files.0.name: the name has a control character'),
  oneFile('a name with a NUL', { name: 'a\u0000' }, 'files.0.name: the name has a control character'),
  oneFile(
    'a name that begins with a space',
    { name: ' a' },
    'files.0.name: the name begins or ends with a space',
  ),
  oneFile('a name that is all spaces', { name: '   ' }, 'files.0.name: the name begins or ends with a space'),
  oneFile(
    'a name that is too long',
    { name: long(513) },
    'files.0.name: the name is longer than 512 characters',
  ),
  oneFile(
    'a name that is too long with its namespace',
    { namespace: 'mc', name: long(510) },
    'files.0.name: the name is longer than 512 characters',
  ),
  oneFile('half a character', { name: 'a\ud800' }, 'files.0.name: the name is not valid Unicode'),
  oneFile('a namespace that is empty', { namespace: '' }, 'files.0.name: the namespace before ":" is empty'),
  oneFile('a namespace with a colon', { namespace: 'a:b' }, 'files.0.namespace: the namespace has a colon'),
  oneFile('a namespace that is null', { namespace: null }, 'files.0.namespace: a text is expected, not null'),
  oneFile(
    'no name after the namespace',
    { namespace: 'a', name: '' },
    'files.0.name: the name after ":" is empty',
  ),
  oneFile(
    'a name that begins with a colon',
    { name: ':a' },
    'files.0.name: the namespace before ":" is empty',
  ),
  oneFile('a size below nothing', { size: -1 }, 'files.0.size: it must be at least 0'),
  oneFile('half a byte', { size: 1.5 }, 'files.0.size: a whole number is expected, not 1.5'),
  oneFile(
    'a size that no number holds exactly',
    { size: 2 ** 60 },
    'files.0.size: it must be at most 9007199254740991',
  ),
  oneFile('a size in words', { size: '3 GB' }, 'files.0.size: a number is expected, not "3 GB"'),
  oneFile('a lane with a space', { lane: 'slow lane' }, `files.0.lane: a lane ${WORD}`),
  oneFile('a duration of nothing', { durationSeconds: 0 }, 'files.0.durationSeconds: it must be more than 0'),
  oneFile(
    'attributes that are a text',
    { attributes: 'x' },
    'files.0.attributes: attributes are a JSON object',
  ),
  oneFile(
    'replicas that are a URL',
    { replicas: 'https://host/f' },
    'files.0.replicas: a list is expected, not "https://host/f"',
  ),
  oneFile(
    'a replica that is a URL',
    { replicas: ['https://host/f'] },
    'files.0.replicas.0: an object is expected, not "https://host/f"',
  ),
  oneFile(
    'too many replicas',
    { replicas: many(33).map(n => ({ url: `https://host/${n}` })) },
    'files.0.replicas: a file has at most 32 replicas',
  ),
  oneFile('a replica without a URL', { replicas: [{ site: 'A' }] }, 'files.0.replicas.0.url: it is missing'),
  oneFile(
    'a URL without a scheme',
    { replicas: [{ url: '/data/f' }] },
    'files.0.replicas.0.url: a replica needs a URL with a scheme, such as https://host/path',
  ),
  oneFile(
    'a URL with a space',
    { replicas: [{ url: 'https://host/a b' }] },
    'files.0.replicas.0.url: a replica needs a URL with a scheme, such as https://host/path',
  ),
  oneFile(
    'a URL that is too long',
    { replicas: [{ url: `https://host/${long(2048)}` }] },
    "files.0.replicas.0.url: a replica's URL is longer than 2048 characters",
  ),
  oneFile(
    'a replica at a site with a slash',
    { replicas: [{ url: 'https://host/f', site: 'a/b' }] },
    `files.0.replicas.0.site: a site ${WORD}`,
  ),
  oneFile(
    'no replica in a project that is not virtual',
    { replicas: [] },
    'files.0: "f" has no replica, and the project is not virtual',
  ),
  oneFile(
    'a file of no shared folder',
    { replicas: [{ url: 'file:///etc/passwd' }] },
    'files.0: /etc/passwd is in no folder this server shares; start it with --share /etc',
  ),
  oneFile(
    'a file of another machine',
    { replicas: [{ url: 'file://host/data/f' }] },
    'files.0: file://host/data/f is not a file on this machine',
  ),
  oneFile(
    'a file that climbs',
    { replicas: [{ url: 'file:///tmp/../etc/passwd' }] },
    'files.0: /etc/passwd is in no folder this server shares; start it with --share /etc',
  ),
  project('a file twice', { files: [file, { ...file, name: 'g' }, file] }, 'files.2: "f" is already files.0'),
  project(
    'a file twice, in two spellings',
    {
      files: [
        { ...file, namespace: 'a', name: 'b' },
        { ...file, name: 'a:b' },
      ],
    },
    'files.1: "a:b" is already files.0',
  ),
  project(
    'too many lanes',
    { files: many(33).map(n => ({ ...file, name: `f${n}`, lane: `l${n}` })) },
    'files.32: the lane "l32" is one more than the 32 that a project can have',
  ),

  reserve('no worker', {}, 'worker: it is missing'),
  reserve('a worker without a name', { worker: '' }, `worker: the worker id ${WORD}`),
  reserve('a worker with a slash', { worker: 'a/b' }, `worker: the worker id ${WORD}`),
  reserve(
    'a worker that is too long',
    { worker: long(65) },
    'worker: the worker id is longer than 64 characters',
  ),
  reserve('a worker that is a number', { worker: 5 }, 'worker: a text is expected, not 5'),
  reserve('no files', { worker: 'w', count: 0 }, 'count: it must be more than 0'),
  reserve('fewer than no files', { worker: 'w', count: -3 }, 'count: it must be more than 0'),
  reserve('half a file', { worker: 'w', count: 0.5 }, 'count: a whole number is expected, not 0.5'),
  reserve('too many files', { worker: 'w', count: 257 }, 'count: it must be at most 256'),
  reserve('files in words', { worker: 'w', count: '2' }, 'count: a number is expected, not "2"'),
  reserve('no lane', { worker: 'w', lanes: [] }, 'lanes: the list is empty'),
  reserve(
    'too many lanes',
    { worker: 'w', lanes: many(33).map(n => `l${n}`) },
    'lanes: at most 32 can be given; these are 33',
  ),
  reserve('a lane with a space', { worker: 'w', lanes: ['a b'] }, `lanes.0: a lane ${WORD}`),
  reserve('a site that is null', { worker: 'w', site: null }, 'site: a text is expected, not null'),
  reserve('no time left', { worker: 'w', secondsLeft: 0 }, 'secondsLeft: it must be more than 0'),
  reserve('a wait that is too long', { worker: 'w', waitSeconds: 31 }, 'waitSeconds: it must be at most 30'),
  reserve('a wait into the past', { worker: 'w', waitSeconds: -1 }, 'waitSeconds: it must be at least 0'),
  reserve('an empty request id', { worker: 'w', requestId: '' }, 'requestId: it is empty'),
  reserve(
    'a request id that is too long',
    { worker: 'w', requestId: long(65) },
    'requestId: it is longer than 64 characters',
  ),
  reserve(
    'several faults',
    { worker: '', count: 0, site: 5, lane: 'x' },
    `worker: the worker id ${WORD}; count: it must be more than 0; site: a text is expected, not 5; there is no field "lane"`,
  ),
  bad(
    'reserve: a cancelled project',
    on('reserve', '3'),
    '{"worker":"w"}',
    'project 3 is cancelled',
    'project_inactive',
  ),
  bad(
    'reserve: an unknown project',
    on('reserve', '4'),
    '{"worker":"w"}',
    'there is no project 4',
    'project_unknown',
  ),

  done('nothing', {}, 'done: it is missing'),
  done('no report', { done: [] }, 'done: the list is empty'),
  done(
    'too many reports',
    { done: many(1025).map(n => `1.0.0.1.${n}`) },
    'done: at most 1024 can be given; these are 1025',
  ),
  done('a token by itself', { done: '1.0.0.1.2' }, 'done: a list is expected, not "1.0.0.1.2"'),
  done('a report that is a number', { done: [5] }, `done.0: ${REPORT}`),
  done('a report that is empty', { done: [{}] }, `done.0: ${REPORT}`),
  done('a report of a token and a DID', { done: [{ token: '1.0.0.1.2', did: 'f0' }] }, `done.0: ${REPORT}`),
  done('a token that is a number', { done: [{ token: 5 }] }, 'done.0.token: a text is expected, not 5'),
  done('a token that is too long', { done: [long(65)] }, 'done.0: it is longer than 64 characters'),
  done(
    'a report with a reason',
    { done: [{ token: '1.0.0.1.2', reason: 'x' }] },
    'done.0: there is no field "reason"',
  ),
  done('a DID without the worker', { done: [{ did: 'f0' }] }, 'worker: a report by DID needs the worker'),
  done('an empty DID', { worker: 'w1', done: [{ did: '' }] }, 'done.0.did: the name is empty'),
  done(
    'a DID with half a character',
    { worker: 'w1', done: [{ did: '\udfff' }] },
    'done.0.did: the name is not valid Unicode',
  ),
  done(
    'a file that is not there',
    { worker: 'w1', done: [{ did: 'mc:f0' }] },
    'project 1 has no file mc:f0',
    'file_unknown',
  ),
  done(
    'a file of another worker',
    { worker: 'w2', done: [{ did: 'f0' }] },
    'f0: another worker holds the file; the file is reserved',
    'other_worker',
  ),
  done(
    'a file that nobody holds',
    { worker: 'w1', done: [{ did: 'f2' }] },
    'f2: this worker does not hold the file; the file is ready',
    'not_reserved',
  ),
  done('a token that is empty', { done: [''] }, 'done.0: it is empty'),
  done(
    'a token of another project',
    { done: ['2.0.0.1.2'] },
    '2.0.0.1.2 is not a reservation of project 1',
    'token_unknown',
  ),
  done(
    'a token of a slot beyond the end',
    { done: ['1.0.4.1.2'] },
    '1.0.4.1.2 is not a reservation of project 1',
    'token_unknown',
  ),
  done(
    'a token of a block beyond the end',
    { done: ['1.1.0.1.2'] },
    '1.1.0.1.2 is not a reservation of project 1',
    'token_unknown',
  ),
  done(
    'a token of a lease that was not made',
    { done: ['1.0.0.1.zz'] },
    '1.0.0.1.zz: no such reservation was made; the file is reserved',
    'token_unknown',
  ),
  done(
    'a token with a prototype',
    { done: ['__proto__'] },
    '__proto__ is not a reservation of project 1',
    'token_unknown',
  ),
  bad(
    'done: a project that is loading',
    on('done', '2'),
    '{"done":["2.0.0.1.2"]}',
    'project 2 is still loading',
    'project_inactive',
  ),
  failed(
    'a token that is no object',
    { failed: ['1.0.0.1.2'] },
    'failed.0: a report is an object with either a token or a did',
  ),
  failed(
    'a retry in words',
    { failed: [{ token: '1.0.0.1.2', retry: 'yes' }] },
    'failed.0.retry: true or false is expected, not "yes"',
  ),
  failed(
    'a reason that is too long',
    { failed: [{ token: '1.0.0.1.2', reason: long(1025) }] },
    'failed.0.reason: it is longer than 1024 characters',
  ),
  failed(
    "another verb's reports",
    { done: ['1.0.0.1.2'] },
    'failed: it is missing; there is no field "done"',
  ),
  failed(
    'a file that is done',
    { failed: [{ token: '1.0.1.1.2' }] },
    '1.0.1.1.2: this reservation was reported otherwise before; the file is done',
    'already_settled',
  ),
  release('nothing', {}, 'released: it is missing'),
  release(
    'a DID without the worker',
    { released: ['1.0.0.1.2', { did: 'f0' }] },
    'worker: a report by DID needs the worker',
  ),
  advance('no worker', { done: ['1.0.0.1.2'] }, 'worker: it is missing'),
  advance('reports that are null', { worker: 'w1', done: null }, 'done: a list is expected, not null'),
  advance(
    'too many reports',
    { worker: 'w1', released: many(1025).map(n => `1.0.0.1.${n}`) },
    'released: at most 1024 can be given; these are 1025',
  ),
  advance('a wish that is true', { worker: 'w1', reserve: true }, 'reserve: an object is expected, not true'),
  advance(
    'a wish for no files',
    { worker: 'w1', done: ['1.0.0.1.2'], reserve: { count: 0 } },
    'reserve.count: it must be more than 0',
  ),
  advance(
    'a wish with its own worker',
    { worker: 'w1', done: ['1.0.0.1.2'], reserve: { worker: 'w2' } },
    'reserve: there is no field "worker"',
  ),
  advance(
    'a report that has a fault among good ones',
    { worker: 'w1', done: ['1.0.0.1.2', { did: ' f' }], reserve: {} },
    'done.1.did: the name begins or ends with a space',
  ),
  heartbeat('no worker', {}, 'worker: it is missing'),
  heartbeat('no tokens', { worker: 'w1', tokens: [] }, 'tokens: the list is empty'),
  heartbeat(
    'too many tokens',
    { worker: 'w1', tokens: many(1025).map(String) },
    'tokens: at most 1024 can be given; these are 1025',
  ),
  heartbeat(
    'a token that is an object',
    { worker: 'w1', tokens: [{ token: 'x' }] },
    'tokens.0: a text is expected, not an object',
  ),
  bad(
    'cost: no files a call',
    get('/v1/projects/1/cost?filesPerCall=0'),
    undefined,
    'filesPerCall: it must be more than 0',
  ),
  bad('held: no worker', get('/v1/projects/1/held'), undefined, 'worker: it is missing'),
  bad(
    'held: two workers',
    get('/v1/projects/1/held?worker=w1&worker=w2'),
    undefined,
    'worker: the parameter is given twice',
  ),
  output('no token', {}, 'token: it is missing'),
  output('a token of nothing', { token: 'x' }, 'x is not a reservation of project 1', 'token_unknown'),
  output(
    'a token of a slot beyond the end',
    { token: '1.0.9.1.2' },
    '1.0.9.1.2 is not a reservation of project 1',
    'token_unknown',
  ),
  output('a file that is done', { token: '1.0.1.1.2' }, '1.0.1.1.2 no longer holds its file', 'overtaken'),

  restart('nothing', {}, 'a restart is of files either by states or by dids: give one of them'),
  restart(
    'states and DIDs',
    { states: ['done'], dids: ['f1'] },
    'a restart is of files either by states or by dids: give one of them',
  ),
  restart('no state', { states: [] }, 'states: the list is empty'),
  restart(
    'files that are ready',
    { states: ['ready'] },
    'states.0: "reserved" or "done" or "failed" is expected, not "ready"',
  ),
  restart('a state by itself', { states: 'done' }, 'states: a list is expected, not "done"'),
  restart('no DID', { dids: [] }, 'dids: the list is empty'),
  restart(
    'too many DIDs',
    { dids: many(1025).map(n => `f${n}`) },
    'dids: at most 1024 can be given; these are 1025',
  ),
  restart('an empty DID', { dids: ['f1', ''] }, 'dids.1: the name is empty'),
  restart('a file that is not there', { dids: ['f1', 'f9'] }, 'project 1 has no file f9', 'file_unknown'),
  bad(
    'restart: a project that is loading',
    on('restart', '2'),
    '{"states":["done"]}',
    'project 2 is loading: it cannot be restarted',
    'wrong_state',
  ),
  copy('other files', { files: [file] }, 'there is no field "files"'),
  copy('a title that is too long', { title: long(257) }, 'title: it is longer than 256 characters'),
  copy('a lease of no length', { leaseSeconds: 0 }, 'leaseSeconds: it must be more than 0'),
  bad(
    'copy: a project that is loading',
    on('copy', '2'),
    undefined,
    'project 2 is still loading: it cannot be copied',
    'wrong_state',
  ),
  replica('nothing', {}, 'did: it is missing; url: it is missing; available: it is missing'),
  replica(
    'a copy that the file does not have',
    { did: 'f0', url: 'https://host/x', available: false },
    'f0 has no replica https://host/x',
  ),
  replica(
    'a state in words',
    { did: 'f0', url: 'https://host/f0', available: 'no' },
    'available: true or false is expected, not "no"',
  ),
  replica(
    'a file that is not there',
    { did: 'f9', url: 'https://host/f9', available: true },
    'project 1 has no file f9',
    'file_unknown',
  ),
  bad('cancel: a field', on('cancel'), '{"force":true}', 'there is no field "force"'),
  bad(
    'cancel: a cancelled project',
    on('cancel', '3'),
    undefined,
    'project 3 is cancelled: it cannot be cancelled',
    'wrong_state',
  ),
  bad(
    'activate: an active project',
    on('activate'),
    undefined,
    'project 1 is active: it cannot be activated',
    'wrong_state',
  ),
  bad(
    'load: before the upload',
    on('load', '2'),
    undefined,
    'the manifest of project 2 has not been uploaded',
    'wrong_state',
  ),
  bad(
    'upload: a project that waits for none',
    on('upload'),
    undefined,
    'project 1 waits for no manifest',
    'wrong_state',
  ),
  bad(
    'delete: an unknown project',
    ['DELETE', '/v1/projects/4'],
    undefined,
    'there is no project 4',
    'project_unknown',
  ),
  bad('delete: a parameter', ['DELETE', '/v1/projects/1?force=1'], undefined, 'there is no field "force"'),

  listing('limit=0', 'limit: it must be more than 0'),
  listing('limit=-1', 'limit: a number is expected, not "-1"'),
  listing('limit=1001', 'limit: it must be at most 1000'),
  listing('limit=1e2', 'limit: a number is expected, not "1e2"'),
  listing('limit=', 'limit: a number is expected, not ""'),
  listing('limit=all', 'limit: a number is expected, not "all"'),
  listing('limit=5&limit=6', 'limit: the parameter is given twice'),
  listing('after=-1', 'after: a number is expected, not "-1"'),
  listing('after=0x10', 'after: a number is expected, not "0x10"'),
  listing('after=9999999999999999', 'after: it must be at most 9007199254740991'),
  listing('after=99999999999999999999', 'after: a number is expected, not "99999999999999999999"'),
  listing('state=odd', 'state: "ready" or "reserved" or "done" or "failed" is expected, not "odd"'),
  listing('State=done', 'there is no field "State"'),
  listing('toString=1', 'there is no field "toString"'),
  listing('__proto__=1', 'there is no field "__proto__"'),
  listing('worker=a%20b', `worker: the worker id ${WORD}`),
  listing('lane=', `lane: a lane ${WORD}`),
  bad(
    'projects?state=refused',
    get('/v1/projects?state=refused'),
    undefined,
    'state: "loading" or "active" or "done" or "failed" or "cancelled" or "abandoned" is expected, not "refused"',
  ),
  bad('health?verbose', get('/v1/health?verbose'), undefined, 'there is no field "verbose"'),
  shown('', 'did: it is missing'),
  shown('did=', 'did: the name is empty'),
  shown('did=f0&did=f1', 'did: the parameter is given twice'),
  shown('did=a%00', 'did: the name has a control character'),
  shown('did=%20f0', 'did: the name begins or ends with a space'),
  shown('did=:f0', 'did: the namespace before ":" is empty'),
  shown('did=mc:f0', 'project 1 has no file mc:f0', 'file_unknown'),
  shown('did=%ED%A0%80', 'project 1 has no file \ufffd\ufffd\ufffd', 'file_unknown'),

  sites('a default below nothing', { default: -1 }, 'default: it must be at least 0'),
  sites('a default in words', { default: 'far' }, 'default: a proximity is a number, 0 or more, or "never"'),
  sites(
    'a proximity in words',
    { proximity: { A: { B: 'far' } } },
    'proximity.A.B: a proximity is a number, 0 or more, or "never"',
  ),
  sites('a site with a space', { proximity: { 'A B': { C: 1 } } }, `proximity.A B: a site ${WORD}`),
  sites('a location for all', { proximity: { A: { '*': 1 } } }, `proximity.A.*: a site ${WORD}`),
  sites(
    'too many sites',
    { proximity: Object.fromEntries(many(1001).map(n => [`s${n}`, {}])) },
    'proximity: the table has more than 1000 sites',
  ),
  sites('unavailable that is no list', { unavailable: 'A' }, 'unavailable: a list is expected, not "A"'),
  sites('a field that is not known', { proximities: {} }, 'there is no field "proximities"'),

  id('0'),
  id('-1'),
  id('1e3'),
  id('007'),
  id('1.0'),
  id('%31'),
  id('%201'),
  id('one'),
  id('__proto__'),
  id('9007199254740993'),
  id(long(3000), long(40)),
  bad('project 4', get('/v1/projects/4'), undefined, 'there is no project 4', 'project_unknown'),
  bad(
    'project 9007199254740991',
    get('/v1/projects/9007199254740991'),
    undefined,
    'there is no project 9007199254740991',
    'project_unknown',
  ),
  nowhere('/'),
  nowhere('/v1'),
  nowhere('/v1/'),
  nowhere('/v2/projects'),
  nowhere('/V1/health'),
  nowhere('/v1/health/'),
  nowhere('/v1//health'),
  nowhere('/v1/projects/'),
  nowhere('/v1/projects//files'),
  nowhere('/v1/projects/1/files/f0'),
  nowhere('/v1/projects/1/nothing'),
  nowhere('/v1/projects/{project}/nothing'),
  nowhere('/v1/../v1/health'),
  method('DELETE', '/v1/health', 'GET'),
  method('PUT', '/v1/projects', 'POST and GET'),
  method('GET', '/v1/projects/1/reserve', 'POST'),
  method('PATCH', '/v1/projects/1', 'GET and DELETE'),
  method('OPTIONS', '/v1/projects/1/done', 'POST'),
  method('POST', '/v1/sites', 'GET and PUT'),
  bad(
    'a URL that nobody signed',
    get('/files/get/9999999999/x/data/sluice.db'),
    undefined,
    'the signature of this URL is not right',
    'forbidden',
  ),
  bad(
    'a URL without a signature',
    ['PUT', '/files/put'],
    undefined,
    'the signature of this URL is not right',
    'forbidden',
  ),
  bad(
    'a URL without a time',
    ['PUT', '/files/put/soon/x/data/sluice.db'],
    undefined,
    'this URL is malformed',
    'forbidden',
  ),
  bad(
    'a URL of another method',
    ['DELETE', '/files/put/9999999999/x/data/x'],
    undefined,
    'a file can be read or put',
    'method_not_allowed',
  ),
];
