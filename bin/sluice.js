#!/usr/bin/env node
/**
 * Starts the command line: directly where this Node runs TypeScript (22.18 or newer), otherwise with the
 * Node that `npm ci` has put beside it.
 */
import module from 'node:module';
import path from 'node:path';

if (process.features.typescript) {
  silenceKnownWarnings();
  // Without it, stripping the types takes longer than the command. A cache of one's own, because /tmp is
  // shared with others, who could leave code there.
  const caches = process.env.XDG_CACHE_HOME || (process.env.HOME && path.join(process.env.HOME, '.cache'));
  if (caches) module.enableCompileCache(path.join(caches, 'sluice'));
  const { main } = await import('../lib/cli/main.ts');
  await main();
} else {
  await runWithBundledNode();
}

/** `node:sqlite`, type stripping and globs were experimental in some versions we run on, and say so on stderr. */
function silenceKnownWarnings() {
  const emitWarning = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    if (rest[0] === 'ExperimentalWarning' && /^(SQLite|Type Stripping|glob) /.test(warning)) return;
    emitWarning.call(process, warning, ...rest);
  };
}

async function runWithBundledNode() {
  const { spawn } = await import('node:child_process');
  const { existsSync, realpathSync } = await import('node:fs');
  const { fileURLToPath } = await import('node:url');
  const bundled = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  // A bundled Node that is itself too old must not start itself for ever.
  if (!existsSync(bundled) || realpathSync(bundled) === realpathSync(process.execPath)) {
    fail(`needs Node 22.18 or newer; this is ${process.version} (\`npm ci\` installs one beside it)`);
    return;
  }
  const child = spawn(bundled, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('error', error => fail(`cannot start ${bundled}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code);
    // For a signal that Node itself ignores; any other ends this process as it ended the child.
    process.exitCode = 70;
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function fail(sentence) {
  process.stderr.write(`sluice: ${sentence}\n`);
  process.exitCode = 70;
}
