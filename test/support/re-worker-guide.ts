import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { SLUICE } from './processes.ts';

const EXAMPLES = fileURLToPath(new URL('../../.vitest/', import.meta.url));
const GUIDE = new URL('../../docs/coming-from-re-worker.md', import.meta.url);

/** Stands for the program that promotes carts: one of them takes for ever, one is broken. */
const JUICER = `#!/bin/sh
[ "$3" = stuck ] && exec sleep 60
[ "$3" = broken ] && { echo "the cart $3 is empty" >&2; exit 1; }
echo "$*"
`;
/** Stands for that of services: it notes in whose turn they are, and one cannot be started. */
const SYSTEMCTL = `#!/bin/sh
echo "$1 $2" >> "$(dirname "$0")/turns"
[ "$1 $2" = "start shop@$(cat "$(dirname "$0")/bad" 2>/dev/null)" ] && { echo "$2 does not start" >&2; exit 65; }
exit 0
`;

/** A block of the guide, by its language and a word in it. */
export async function shown(language: string, word: string): Promise<string> {
  const text = await readFile(GUIDE, 'utf8');
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))];
  const found = blocks.map(([, block = '']) => block).find(block => block.includes(word));
  if (!found) throw new Error(`the guide has no block of ${language} with ${word}`);
  return found;
}

/** A folder with the programs of the guide, and those that they call. It lies within the package: they import it. */
export async function checkout(): Promise<string> {
  await mkdir(EXAMPLES, { recursive: true });
  const folder = await mkdtemp(join(EXAMPLES, 're-worker-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const files: [path: string, text: string][] = [
    ['juicer.ts', await shown('ts', '// juicer.ts')],
    ['release.ts', await shown('ts', '// release.ts')],
    ['playbook.json', await shown('json', 'execution')],
    ['step.sh', await shown('sh', '# step.sh')],
    ['bin/juicer', JUICER],
    ['bin/systemctl', SYSTEMCTL],
    ['bin/sluice', `#!/bin/sh\nexec "${process.execPath}" "${SLUICE}" "$@"\n`],
  ];
  for (const [path, text] of files) {
    await writeFile(join(folder, path), text);
    await chmod(join(folder, path), 0o755);
  }
  return folder;
}
