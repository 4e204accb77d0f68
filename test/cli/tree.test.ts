import { describe, expect, it } from 'vitest';
import type { Command, Options } from '../../lib/cli/frame/command.ts';
import { COMMON_OPTIONS } from '../../lib/cli/frame/common-options.ts';
import { kebab } from '../../lib/cli/frame/labels.ts';
import type { Group, LoadCommand } from '../../lib/cli/frame/locate.ts';
import { readValue } from '../../lib/cli/frame/values.ts';
import { tree } from '../../lib/cli/tree.ts';
import { runCli } from '../support/run-cli.ts';

async function commandsUnder(path: string[], node: Group | LoadCommand): Promise<[string, Command][]> {
  if (typeof node === 'function') return [[path.join(' '), (await node()).default]];
  const under = Object.entries(node.commands).map(([name, child]) => commandsUnder([...path, name], child));
  return (await Promise.all(under)).flat();
}

const commands = await commandsUnder([], tree);

describe.each(commands)('sluice %s', (path, command) => {
  const options: Options = { ...command.options, ...COMMON_OPTIONS };

  it('gives each name and each letter one meaning', () => {
    const names = [...Object.keys(command.arguments), ...Object.keys(command.options), 'rest'];
    expect(new Set([...names, ...Object.keys(COMMON_OPTIONS)]).size).toBe(
      names.length + Object.keys(COMMON_OPTIONS).length,
    );
    const letters = Object.values(options).flatMap(({ short }) => short ?? []);
    expect(new Set(letters).size).toBe(letters.length);
    for (const letter of letters) expect(letter).toHaveLength(1);
  });

  it('asks for what it must have first, and for an open number of things last', () => {
    const specs = Object.values(command.arguments);
    const optional = specs.map(spec => spec.optional === true);
    expect(optional).toEqual(optional.toSorted());
    expect(specs.slice(0, -1).some(spec => spec.variadic)).toBe(false);
  });

  it('has defaults that it would accept', () => {
    for (const [name, spec] of Object.entries(options)) {
      if (spec.type === 'boolean' || spec.default === undefined) continue;
      expect(readValue(spec, String(spec.default), name)).toBe(spec.default);
    }
  });

  it('says of everything what it is, in words that follow on a name', () => {
    expect(command.summary).toMatch(/^[A-Z].*[^.]$/);
    const described = [...Object.values(command.arguments), ...Object.values(options)];
    for (const { description } of described) expect(description).toMatch(/[^.]$/);
    for (const name of Object.keys(options)) expect(kebab(name)).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('has help that fits 80 columns, with an example at least', async () => {
    const { stdout } = await runCli([...path.split(' '), '--help']);
    expect(stdout).toContain('\nExamples:\n');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
