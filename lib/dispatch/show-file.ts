import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { readBlock } from './blocks.ts';
import { type Call, type Context, projectToWork } from './context.ts';
import { locateFile } from './locate.ts';
import { outputKey } from './output.ts';
import { ProblemError } from './problem.ts';
import { filesIn } from './project-files.ts';
import type { ProjectRecord } from './project-record.ts';

/** The URL of an output works this long. */
const URL_MILLIS = 3_600_000;

/** Shows one file, with the output of the attempt that won. */
export async function showFile(
  context: Context,
  call: Call,
  request: RouteRequest<'showFile'>,
): Promise<RouteReply<'showFile'>> {
  const project = await projectToWork(context, call, request.project);
  return fileByDid(context, project, request.did);
}

/** One file by its DID. Fails with `file_unknown`. */
export async function fileByDid(
  context: Context,
  project: ProjectRecord,
  did: string,
): Promise<RouteReply<'showFile'>> {
  const place = await locateFile(context, project, did);
  const block = place && (await readBlock(context, project, place.block));
  const [file] = block ? await filesIn(context, project, place.block, block, [place.slot]) : [];
  if (!place || !file) throw new ProblemError('file_unknown', `project ${project.id} has no file ${did}`);
  const key = outputKey(project.id, place, file.attempts);
  if (file.state !== 'done' || !(await context.files.exists(key))) return file;
  await context.files.prepare?.([]);
  return { ...file, outputUrl: context.files.downloadUrl(key, context.clock.now() + URL_MILLIS) };
}
