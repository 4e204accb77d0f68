import type { Client } from '../../client/index.ts';
import type { Project } from '../../contract/projects.ts';
import type { RouteInput } from '../../contract/routes.ts';
import type { Context } from '../frame/context.ts';
import { withKnownSize } from './known-size.ts';
import { LoadProgress } from './load-progress.ts';
import type { ManifestSource } from './manifest-source.ts';
import { orDelete, untilLoaded } from './until-loaded.ts';
import { upload } from './upload.ts';

type Settings = Omit<RouteInput<'createProject'>, 'files' | 'manifest'>;

/** Creates a project of a manifest: uploads it, has it loaded and waits for that. Nothing is left where it fails. */
export async function createFromManifest(
  context: Context,
  client: Client,
  settings: Settings,
  source: ManifestSource,
): Promise<Project> {
  const { signal } = context;
  const { format, isPlain } = source;
  // A plain list of DIDs can make no other project.
  const virtual = settings.virtual || isPlain;
  const created = await client.createProject({ ...settings, virtual, manifest: { format } }, { signal });
  const { id } = created.project;
  return orDelete(context, client, id, async () => {
    const progress = new LoadProgress(context);
    const place = created.upload ?? (await client.uploadManifest({ project: id }, { signal }));
    const put = (manifest: ManifestSource) => upload(context, place, manifest, progress);
    // The server itself takes what has no known size, and a long list need not be kept twice then.
    await (place.url.startsWith(client.server) ? put(source) : withKnownSize(source, signal, put));
    await client.loadProject({ project: id }, { signal });
    return untilLoaded(context, client, id, progress);
  });
}

/** Creates a virtual project of a few files, by their DIDs. */
export async function createFromDids(
  { signal }: Context,
  client: Client,
  settings: Settings,
  dids: readonly string[],
): Promise<Project> {
  // A DID is its own name: the server reads the namespace off it.
  const files = dids.map(name => ({ name }));
  const { project } = await client.createProject({ ...settings, virtual: true, files }, { signal });
  return project;
}
