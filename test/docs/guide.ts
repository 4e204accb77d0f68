import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { SLUICE } from '../support/processes.ts';

/** Reads the blocks of code of a section of a guide, in a language. */
export async function guideBlocks(file: string): Promise<(section: string, language: string) => string[]> {
  const text = await readFile(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
  return (section, language) => {
    const [, body = ''] = new RegExp(`^## ${section}\n(.*?)(?=^## )`, 'ms').exec(`${text}\n## `) ?? [];
    const found = [...body.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))];
    return found.map(([, code = '']) => code);
  };
}

/** Writes a program of a guide to a file, for the length of a test, so that it speaks to this server. */
export async function programFile(code: string, server: string): Promise<string> {
  // It must lie within the package to import it by its name.
  const folder = await mkdtemp(fileURLToPath(new URL('./example-', import.meta.url)));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'worker.ts');
  await writeFile(path, code.replaceAll('http://127.0.0.1:8470', server));
  return path;
}

/** Makes `sluice` a command in a folder, and answers the PATH by which it is found. */
export async function sluiceOnPath(folder: string): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'sluice'), `#!/bin/sh\nexec ${process.execPath} ${SLUICE} "$@"\n`);
  await chmod(join(bin, 'sluice'), 0o755);
  return `${bin}:${process.env.PATH}`;
}
