import { describe, expect, test } from 'vitest';
import {
  blockSize,
  type Caller,
  hasEnded,
  mayManage,
  mayWork,
  nextState,
  type ProjectState,
  type ProjectVerb,
} from '../../lib/domain/project.ts';

const STATES: ProjectState[] = [
  'loading',
  'refused',
  'active',
  'done',
  'failed',
  'cancelled',
  'abandoned',
  'deleting',
];
const VERBS: ProjectVerb[] = [
  'load',
  'refuse',
  'end-done',
  'end-failed',
  'cancel',
  'activate',
  'abandon',
  'revive',
  'restart',
  'delete',
];

/** Where each verb leads from each state; what is not named is refused. */
const LEADS: Record<ProjectState, Partial<Record<ProjectVerb, ProjectState>>> = {
  loading: { load: 'active', refuse: 'refused', delete: 'deleting' },
  refused: { delete: 'deleting' },
  active: {
    'end-done': 'done',
    'end-failed': 'failed',
    cancel: 'cancelled',
    abandon: 'abandoned',
    restart: 'active',
    delete: 'deleting',
  },
  done: { restart: 'active', delete: 'deleting' },
  failed: { restart: 'active', delete: 'deleting' },
  cancelled: { activate: 'active', restart: 'active', delete: 'deleting' },
  abandoned: {
    'end-done': 'done',
    'end-failed': 'failed',
    cancel: 'cancelled',
    activate: 'active',
    revive: 'active',
    restart: 'active',
    delete: 'deleting',
  },
  deleting: { delete: 'deleting' },
};

describe.each(STATES)('a project that is %s', state => {
  test.each(VERBS.map(verb => [verb, LEADS[state][verb] ?? 'nowhere'] as const))(
    'by %s goes %s',
    (verb, to) => {
      expect(nextState(state, verb) ?? 'nowhere').toBe(to);
    },
  );
});

test('only done and failed are ends that a project comes to by itself', () => {
  expect(STATES.filter(hasEnded)).toEqual(['done', 'failed']);
});

describe('access', () => {
  const project = { owner: 'ada', users: ['bob'], roles: ['physics'] };
  const caller = (changes: Partial<Caller>): Caller => ({ user: 'eve', roles: [], admin: false, ...changes });
  test.each([
    ['its owner', caller({ user: 'ada' }), true, true],
    ['an admin', caller({ admin: true }), true, true],
    ['one of its users', caller({ user: 'bob' }), false, true],
    ['a bearer of one of its roles', caller({ roles: ['maths', 'physics'] }), false, true],
    ['somebody else', caller({ roles: ['maths'] }), false, false],
    ['a user named like its role', caller({ user: 'physics', roles: ['bob'] }), false, false],
  ])('of %s to a project', (_, caller, manages, works) => {
    expect([mayManage(project, caller), mayWork(project, caller)]).toEqual([manages, works]);
  });
});

test.each([
  [1, 1],
  [1024, 1],
  [1025, 2],
  [100_000, 98],
  [262_144, 256],
  [10_000_000, 256],
])('%i files make blocks of %i slots', (files, slots) => {
  expect(blockSize(files, 1024, 256)).toBe(slots);
});
