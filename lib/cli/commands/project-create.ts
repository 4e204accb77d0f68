import { clientFor } from '../client.ts';
import { createFromDids, createFromManifest } from '../create/create-project.ts';
import { type ManifestPlace, openManifest } from '../create/manifest-source.ts';
import { SETTINGS, settingsOf } from '../create/settings.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { UsageError } from '../frame/errors.ts';
import { printJson } from '../print.ts';

/** DIDs that go into the request itself. */
const MOST_INLINE = 1000;

export default defineCommand({
  summary: 'Create a project from a list of files, and print its number',
  description: `The list comes from one place: DIDs as arguments, standard input (--stdin, or - for DID), a manifest, or a folder.

A manifest is JSON, NDJSON (one JSON file a line), CSV with a header, or plain lines with a DID each; it may be compressed with gzip. A file has a did (or a namespace and a name), and may have size, attributes, replicas, lane and durationSeconds.

Plain DIDs say nothing of where the files are, so a project of them is virtual. The files of --dir are those of this machine: the server must run here and share the folder (sluice serve --share). Hidden files count, links are not followed.

A list with a malformed or repeated name is refused as a whole.`,
  arguments: {
    did: {
      type: 'string',
      optional: true,
      variadic: true,
      description: 'names of files, namespace:name or just name',
    },
  },
  options: {
    stdin: { type: 'boolean', description: 'read the list from standard input' },
    manifest: { type: 'string', placeholder: 'FILE', description: 'read the list from a file' },
    format: {
      type: 'choice',
      choices: ['ndjson', 'json', 'csv', 'lines'],
      description: 'how the list is written, where its beginning does not tell',
    },
    dir: {
      type: 'string',
      placeholder: 'FOLDER',
      description: 'take the files of a folder and those below it',
    },
    glob: {
      type: 'string',
      placeholder: 'PATTERN',
      description: 'only those whose path in the folder matches, such as *.root or **/*.root',
    },
    ...SETTINGS,
  },
  examples: [
    { command: "sluice project create --dir /data/raw --glob '**/*.root'", says: 'The files of a folder' },
    {
      command: 'id=$(sluice project create --manifest files.csv.gz --lease 30m)',
      says: 'A manifest; its number goes into a variable',
    },
    { command: 'cat dids.txt | sluice project create --title "May run" -', says: 'Names from elsewhere' },
  ],
  async run(context, args) {
    const client = clientFor(context);
    const settings = settingsOf(args);
    const place = placeOf(args);
    const project =
      'dids' in place && place.dids.length <= MOST_INLINE
        ? await createFromDids(context, client, settings, place.dids)
        : await createFromManifest(
            context,
            client,
            settings,
            await openManifest(context, place, args.format),
          );
    if (context.json) printJson(context.stdout, project);
    else context.stdout.write(`${project.id}\n`);
    return EXIT.ok;
  },
});

interface Places {
  readonly did: readonly string[];
  readonly stdin: boolean;
  readonly manifest: string | undefined;
  readonly dir: string | undefined;
  readonly glob: string | undefined;
  readonly format: string | undefined;
}

/** The one place that the command line names. Throws `UsageError` where it is none or several. */
function placeOf({ did, stdin, manifest, dir, glob, format }: Places): ManifestPlace {
  if (did.length > 1 && did.includes('-')) throw new UsageError('- for standard input stands alone');
  const isStdin = stdin || did[0] === '-';
  const dids = did[0] === '-' ? [] : did;
  const places: ManifestPlace[] = [
    ...(dids.length > 0 ? [{ dids }] : []),
    ...(isStdin ? [{ stdin: true } as const] : []),
    ...(manifest === undefined ? [] : [{ manifest }]),
    ...(dir === undefined ? [] : [{ dir, glob }]),
  ];
  const [place, another] = places;
  if (!place || another) throw new UsageError('give one of: DIDs, --stdin, --manifest or --dir');
  if (glob !== undefined && !('dir' in place))
    throw new UsageError('--glob chooses among the files of --dir');
  if (format !== undefined && ('dir' in place || 'dids' in place)) {
    throw new UsageError('--format is for --manifest and --stdin');
  }
  return place;
}
