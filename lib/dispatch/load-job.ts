import type { FileSpec } from '../contract/words.ts';
import type { Context } from './context.ts';
import { manifestKey } from './create-project.ts';
import { checkFile, loadFiles } from './loading.ts';
import { ManifestInvalid } from './manifest/faults.ts';
import { readManifest } from './manifest/read-manifest.ts';
import { surveyManifest } from './manifest/survey-manifest.ts';
import { ProblemError } from './problem.ts';
import { fileSpecsOf } from './project-files.ts';
import type { ProjectRecord } from './project-record.ts';
import { moveProject } from './transitions.ts';

/** Progress is kept when this many more files were checked. */
const STEP = 50_000;

/** Loads a project from its manifest or from the project it is a copy of; may be run again at any time. */
export async function loadJob(context: Context, id: number): Promise<void> {
  const { record } = await context.projects.readNow(id);
  if (record.state !== 'loading' || !record.source) return;
  if (record.source.kind === 'project') await copyFiles(context, record, record.source.project);
  else if (record.source.uploaded) await loadManifest(context, record, record.source.format);
}

async function loadManifest(
  context: Context,
  record: ProjectRecord,
  format: 'ndjson' | 'json' | 'csv' | 'lines' | undefined,
): Promise<void> {
  const key = manifestKey(record.id);
  const open = () => bytesOf(context, key);
  try {
    const survey = await surveyManifest(open, {
      format,
      check: file => checkFile(context, file, record.virtual),
      onProgress: progressOf(context, record),
    });
    await loadFiles(context, record, survey, filesOf(readManifest(open(), { format })));
  } catch (error) {
    if (!(error instanceof ManifestInvalid)) throw error;
    await moveProject(context, record.id, 'refuse', refused => ({
      ...refused,
      refusal: {
        detail: error.message,
        faults: error.faults.map(({ line, message }) => ({ line, message })),
      },
    }));
  }
  await context.files.remove(key);
}

async function* bytesOf(context: Context, key: string): AsyncGenerator<Uint8Array> {
  const bytes = await context.files.open(key);
  if (!bytes) throw new Error(`${key} is gone`);
  yield* bytes;
}

async function* filesOf(batches: AsyncIterable<readonly { file: FileSpec }[]>): AsyncGenerator<FileSpec[]> {
  for await (const batch of batches) yield batch.map(({ file }) => file);
}

function progressOf(context: Context, { id }: ProjectRecord): (progress: { rows: number }) => void {
  let shown = 0;
  return ({ rows }) => {
    if (rows - shown < STEP) return;
    shown = rows;
    context.projects
      .change(id, record => ({ ...record, progress: { phase: 'checking', files: rows } }))
      .catch(error => context.warn('progress was not kept', error));
  };
}

async function copyFiles(context: Context, record: ProjectRecord, original: number): Promise<void> {
  const { record: source } = await context.projects.readNow(original);
  if (source.state === 'deleting')
    throw new ProblemError('project_unknown', `there is no project ${original}`);
  const survey = {
    files: source.files,
    lanes: new Map(source.lanes.map(({ lane, files }) => [lane, files])),
  };
  await loadFiles(context, record, survey, fileSpecsOf(context, source));
}
