import { readFile, writeFile } from 'node:fs/promises';
import { openApiDocument } from '../lib/contract/openapi.ts';
import manifest from '../package.json' with { type: 'json' };

/** Writes docs/openapi.json from the contract; with --check it only says whether the file is up to date. */

const FILE = new URL('../docs/openapi.json', import.meta.url);
const text = `${JSON.stringify(openApiDocument(manifest.version), undefined, 2)}\n`;

if (!process.argv.includes('--check')) await writeFile(FILE, text);
else if ((await readFile(FILE, 'utf8').catch(() => '')) !== text) {
  console.error('docs/openapi.json does not say what the contract says: run npm run openapi');
  process.exitCode = 1;
}
