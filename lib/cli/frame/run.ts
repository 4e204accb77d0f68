import { inspect } from 'node:util';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Command } from './command.ts';
import { COMMON_OPTIONS, serverAddress } from './common-options.ts';
import type { Context, World } from './context.ts';
import { describeError } from './describe-error.ts';
import { Stopped, UsageError } from './errors.ts';
import { type Group, locate, noCommand, type Place } from './locate.ts';
import { readArgs, readCommonOptions } from './read-args.ts';
import { has, type Line, splitLine } from './split-line.ts';

/**
 * Runs one command line and gives the exit code. Never throws: what a command throws is told on stderr, in one
 * sentence, or in one line of JSON where `--json` was given.
 */
export async function run(root: Group, argv: readonly string[], world: World): Promise<ExitCode> {
  // Every program is asked for its version with this option, so it stands for the command.
  const place = locate(root, argv[0] === '--version' ? ['version', ...argv.slice(1)] : argv);
  let line: Line | undefined;
  try {
    const command = typeof place.node === 'function' ? (await place.node()).default : undefined;
    line = splitLine(place.argv, { ...command?.options, ...COMMON_OPTIONS });
    if (argv.length === 0 || has(line, 'help')) return await showHelp(place, world);
    if (!command) throw noCommand(place, line);
    return await runCommand(command, line, world);
  } catch (error) {
    const stopped = stopBehind(error, world.signal);
    if (stopped) return stopped.exitCode;
    await report(error, place, line !== undefined && has(line, 'json'), world);
    return describeError(error).exitCode;
  }
}

function runCommand(command: Command, line: Line, world: World): Promise<ExitCode> {
  const args = readArgs(command, line, world.env);
  const { json, server, token } = readCommonOptions(line, world.env);
  const context: Context = { ...world, json, server: serverAddress(server), token };
  return command.run(context, args);
}

async function showHelp(place: Place, world: World): Promise<ExitCode> {
  const { helpText } = await import('./help.ts');
  world.stdout.write(await helpText(place, world.stdout));
  return EXIT.ok;
}

/** A command that was told to stop, and then threw because of that, has nothing to explain. */
function stopBehind(error: unknown, { reason }: AbortSignal): Stopped | undefined {
  if (!(reason instanceof Stopped)) return undefined;
  return error === reason || (error instanceof Error && error.name === 'AbortError') ? reason : undefined;
}

async function report(error: unknown, place: Place, json: boolean, world: World): Promise<void> {
  const { code, message } = describeError(error);
  if (json) {
    world.stderr.write(`${JSON.stringify({ error: { code, message } })}\n`);
  } else {
    world.stderr.write(`${place.path.join(' ')}: ${message}\n`);
    if (error instanceof UsageError) {
      const { usageText } = await import('./help.ts');
      world.stderr.write(await usageText(place));
    }
  }
  if (world.env.SLUICE_DEBUG === '1' && error instanceof Error) world.stderr.write(`${inspect(error)}\n`);
}
