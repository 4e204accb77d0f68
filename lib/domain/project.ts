/**
 * The life of a project.
 *
 *     loading ──load──▶ active ──end──▶ done | failed
 *        │               │ ▲ │
 *        │               │ │ └──idle──▶ abandoned ──reserve, report, activate──▶ active
 *        │               │ └──activate── cancelled
 *        │               └──cancel─────▶ cancelled
 *        └──refuse──▶ refused (the manifest had faults; nothing was made of it)
 *
 * `cancel` and `end` lead on from abandoned as from active.
 * `restart` makes done, failed, cancelled, abandoned and active projects active; `delete` ends every state.
 */
export type ProjectState =
  | 'loading'
  | 'refused'
  | 'active'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'abandoned'
  | 'deleting';

export type ProjectVerb =
  | 'load'
  | 'refuse'
  | 'end-done'
  | 'end-failed'
  | 'cancel'
  | 'activate'
  | 'abandon'
  | 'revive'
  | 'restart'
  | 'delete';

/** Every edge: from which states a verb leads where. Anything else is refused. */
const EDGES: Record<ProjectVerb, { from: readonly ProjectState[]; to: ProjectState }> = {
  load: { from: ['loading'], to: 'active' },
  refuse: { from: ['loading'], to: 'refused' },
  'end-done': { from: ['active', 'abandoned'], to: 'done' },
  'end-failed': { from: ['active', 'abandoned'], to: 'failed' },
  cancel: { from: ['active', 'abandoned'], to: 'cancelled' },
  activate: { from: ['cancelled', 'abandoned'], to: 'active' },
  abandon: { from: ['active'], to: 'abandoned' },
  revive: { from: ['abandoned'], to: 'active' },
  restart: { from: ['active', 'done', 'failed', 'cancelled', 'abandoned'], to: 'active' },
  delete: {
    from: ['loading', 'refused', 'active', 'done', 'failed', 'cancelled', 'abandoned', 'deleting'],
    to: 'deleting',
  },
};

/** The state a verb leads to, or undefined when it may not be used in this state. */
export function nextState(state: ProjectState, verb: ProjectVerb): ProjectState | undefined {
  const { from, to } = EDGES[verb];
  return from.includes(state) ? to : undefined;
}

/** A project that has ended by itself: every file is done or failed. */
export function hasEnded(state: ProjectState): state is 'done' | 'failed' {
  return state === 'done' || state === 'failed';
}

/** Who calls, as the home established it. */
export interface Caller {
  readonly user: string;
  readonly roles: readonly string[];
  readonly admin: boolean;
}

interface Access {
  readonly owner: string;
  readonly users: readonly string[];
  readonly roles: readonly string[];
}

/** Owner and admins manage a project. */
export function mayManage(project: Access, caller: Caller): boolean {
  return caller.admin || caller.user === project.owner;
}

/** Those who manage it, its users and the bearers of its roles see it, reserve and report. */
export function mayWork(project: Access, caller: Caller): boolean {
  return (
    mayManage(project, caller) ||
    project.users.includes(caller.user) ||
    caller.roles.some(role => project.roles.includes(role))
  );
}

/** Slots of a block: enough blocks to be worked on `ways` ways at once, each as full as may be. */
export function blockSize(files: number, ways: number, maxSlots: number): number {
  return Math.min(Math.max(1, Math.ceil(files / ways)), maxSlots);
}
