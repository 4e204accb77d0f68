import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

/** The files in functions/lambda: one function each. */
export type FunctionName =
  | 'api'
  | 'reserve'
  | 'advance'
  | 'done'
  | 'failed'
  | 'heartbeat'
  | 'job'
  | 'sweep'
  | 'removal'
  | 'declare';

/** What makes a function's code of its file. */
export type Bundler = (name: FunctionName) => Code;

/**
 * One minified ES module with the SDK in it: the one that Lambda brings is older, and slower to load. The same sources
 * give the same bytes, so that a deployment changes only the functions that changed.
 */
export const bundle: Bundler = name => bundleEntry(entryOf(name));

/** The file of a function of Sluice's own. */
export function entryOf(name: FunctionName): string {
  return fileURLToPath(new URL(`../functions/lambda/${name}.ts`, import.meta.url));
}

/** The same of any module. */
export function bundleEntry(entry: string): Code {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bundle-'));
  bundleInto(entry, folder);
  return Code.fromAsset(folder);
}

/** Writes `index.mjs` into a folder; answers its size in bytes. */
export function bundleInto(entry: string, folder: string): number {
  const outfile = join(folder, 'index.mjs');
  const { metafile } = buildSync({
    entryPoints: [resolve(entry)],
    outfile,
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    metafile: true,
    // CommonJS packages in the bundle ask for Node's own modules by `require`, which an ES module does not have.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  return Object.values(metafile.outputs).reduce((bytes, output) => bytes + output.bytes, 0);
}
