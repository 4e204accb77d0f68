import { LIMITS } from '../contract/limits.ts';
import type { Upload } from '../contract/projects.ts';
import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { DEFAULT_LANE, type FileSpec } from '../contract/words.ts';
import { formatDid } from '../domain/did.ts';
import type { Call, Context } from './context.ts';
import { checkFile, loadFiles, surveyFiles } from './loading.ts';
import { tooManyLanes } from './manifest/survey-manifest.ts';
import { ProblemError } from './problem.ts';
import type { ProjectRecord } from './project-record.ts';
import { uploadTo } from './upload-to.ts';
import { viewProject } from './views.ts';

/** An upload of a manifest must begin within this time. */
const UPLOAD_MILLIS = 24 * 3_600_000;
const MAX_FAULTS = 5;

/** Creates a project: at once from files given inline, or waiting for its manifest. */
export async function createProject(
  context: Context,
  { caller }: Call,
  request: RouteRequest<'createProject'>,
): Promise<RouteReply<'createProject'>> {
  const { files, manifest, owner = caller.user, ...settings } = request;
  if (owner !== caller.user && !caller.admin)
    throw new ProblemError('forbidden', `only an admin may create a project of ${owner}'s`);
  if (files) refuseFaults(context, files, settings.virtual);
  const now = context.clock.now();
  const record = await context.projects.create(id => ({
    ...settings,
    id,
    owner,
    state: 'loading',
    createdAt: now,
    activatedAt: now,
    endedAt: null,
    files: 0,
    blockSize: 1,
    lanes: [],
    hasMarks: false,
    restarts: 0,
    progress: { phase: 'waiting', files: 0 },
    ...(manifest && { source: { kind: 'manifest', format: manifest.format, uploaded: false } }),
  }));
  if (!files) return { project: await viewProject(context, record), upload: await uploadOf(context, record) };
  const loaded = await loadFiles(context, record, surveyFiles(files), [files]);
  return { project: await viewProject(context, loaded) };
}

export function manifestKey(project: number): string {
  return `manifests/${project}`;
}

/** Where to PUT the manifest. */
export function uploadOf(context: Context, { id }: ProjectRecord): Promise<Upload> {
  return uploadTo(context, manifestKey(id), context.clock.now() + UPLOAD_MILLIS);
}

/** Refuses inline files that are there twice, cannot be handed out, or are in too many lanes. */
function refuseFaults(context: Context, files: readonly FileSpec[], virtual: boolean): void {
  const faultOf = fileChecker(context, virtual);
  const faults: { path: string; message: string }[] = [];
  for (const [index, file] of files.entries()) {
    const message = faultOf(file, index);
    if (message && faults.push({ path: `files.${index}`, message }) === MAX_FAULTS) break;
  }
  const [first] = faults;
  if (first) throw new ProblemError('invalid_request', `${first.path}: ${first.message}`, { faults });
}

/** Says what is wrong with a file beside those before it, or nothing. */
function fileChecker(context: Context, virtual: boolean) {
  const seen = new Map<string, number>();
  const lanes = new Set<string>();
  return (file: FileSpec, index: number): string | undefined => {
    const did = formatDid(file);
    const twin = seen.get(did);
    if (twin !== undefined) return `"${did}" is already files.${twin}`;
    seen.set(did, index);
    const { lane = DEFAULT_LANE } = file;
    if (lanes.size === LIMITS.lanes && !lanes.has(lane)) return tooManyLanes(lane);
    lanes.add(lane);
    return checkFile(context, file, virtual);
  };
}
