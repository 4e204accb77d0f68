import type { FileSpec } from '../contract/words.ts';
import type { Context } from './context.ts';
import { manifestKey } from './create-project.ts';
import { emptyPartition } from './empty-partition.ts';
import { checkFile, keepProgress, loadFiles, surveyOf } from './loading.ts';
import { ManifestInvalid } from './manifest/faults.ts';
import { readManifest } from './manifest/read-manifest.ts';
import { surveyManifest } from './manifest/survey-manifest.ts';
import { fileSpecsOf } from './project-files.ts';
import { isUnknownProject, type ProjectRecord } from './project-record.ts';
import { notesPartition, surveyNotes } from './survey-notes.ts';
import { moveProject } from './transitions.ts';

/** Progress is kept when this many more files were checked. */
const STEP = 50_000;

/** Loads a project from its manifest or from the project it is a copy of; may be run again at any time. */
export async function loadJob(context: Context, id: number): Promise<void> {
  const { record } = await context.projects.readNow(id);
  if (!record.source) return;
  if (record.state !== 'loading') await forgetSource(context, id);
  else if (record.source.kind === 'project') await copyFiles(context, record, record.source.project);
  else if (record.source.uploaded) await loadManifest(context, record, record.source.format);
}

/** Removes what only loading needs. The record speaks of its source for as long as some of it may be there. */
async function forgetSource(context: Context, id: number): Promise<void> {
  await context.files.remove(manifestKey(id));
  await emptyPartition(context, notesPartition(id));
  await context.projects.change(id, ({ source, ...record }) => source && record);
}

async function loadManifest(
  context: Context,
  record: ProjectRecord,
  format: 'ndjson' | 'json' | 'csv' | 'lines' | undefined,
): Promise<void> {
  const key = manifestKey(record.id);
  const open = () => bytesOf(context, key);
  try {
    const survey =
      surveyOf(record) ??
      (await surveyManifest(open, {
        format,
        check: file => checkFile(context, file, record.virtual),
        onProgress: progressOf(context, record),
        notes: surveyNotes(context, record.id),
      }));
    await loadFiles(context, record, survey, filesOf(readManifest(open(), { format })));
  } catch (error) {
    if (!(error instanceof ManifestInvalid)) throw error;
    const faults = error.faults.map(({ line, message }) => ({ line, message }));
    await refuse(context, record.id, { detail: error.message, faults });
  }
  await forgetSource(context, record.id);
}

/** Nothing is made of the project, and its owner is told why. */
async function refuse(
  context: Context,
  id: number,
  refusal: NonNullable<ProjectRecord['refusal']>,
): Promise<void> {
  await moveProject(context, id, 'refuse', record => ({
    ...record,
    refusal,
    endedAt: context.clock.now(),
  }));
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
    keepProgress(context, id, { phase: 'checking', files: rows }).catch(error =>
      context.warn('progress was not kept', error),
    );
  };
}

/** Copies the files of another project; when that is deleted before or meanwhile, the copy is refused. */
async function copyFiles(context: Context, record: ProjectRecord, original: number): Promise<void> {
  try {
    const { record: source } = await context.projects.readNow(original);
    const survey = {
      files: source.files,
      lanes: new Map(source.lanes.map(({ lane, files }) => [lane, files])),
    };
    await loadFiles(context, record, survey, fileSpecsOf(context, source));
    await forgetSource(context, record.id);
  } catch (error) {
    if (!isUnknownProject(error)) throw error;
    const detail = `project ${original} was deleted before all its files were copied`;
    await refuse(context, record.id, { detail, faults: [] });
  }
}
