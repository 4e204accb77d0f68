import { parseArgs } from 'node:util';
import { toolsJar } from './model/jar.ts';
import { MUTANTS } from './model/mutants.ts';
import { type Explored, explore } from './model/tlc.ts';

const SIZES = [
  ...['small', 'finish', 'leases', 'closing', 'endless', 'ends', 'ends-restart'],
  ...['tasks', 'tasks-leases', 'tasks-places', 'tasks-ends'],
];

/** Those that take seconds. */
const QUICK = ['small', 'finish'];

const USAGE = `npm run model -- [options] [size ...]
  Explores the models in docs/spec with TLC. Sizes (${QUICK.join(', ')}):
  ${SIZES.join(', ')}.
  --all            all sizes
  --mutants        switch one rule off at a time: what it protects must be violated
  --gigabytes N    memory of TLC (6)
  --minutes N      give up after this (30)
Needs Java 11 or later, and Maven or TLA_TOOLS, the path of tla2tools.jar.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
    gigabytes: { type: 'string', default: '6' },
    minutes: { type: 'string', default: '30' },
    help: { type: 'boolean', default: false },
  },
});
const sizes = values.all ? SIZES : positionals.length > 0 || values.mutants ? positionals : QUICK;
if (values.help || sizes.some(size => !SIZES.includes(size))) {
  console.error(USAGE);
  process.exit(2);
}

const options = {
  jar: await toolsJar(),
  gigabytes: Number(values.gigabytes),
  millis: Number(values.minutes) * 60_000,
};
let isAsExpected = true;
for (const size of sizes) {
  const found = await explore(size, options);
  print(size, found, found.violated ?? 'every property holds');
  if (found.violated) isAsExpected = false;
}
if (values.mutants)
  for (const { rule, size, violates } of MUTANTS) {
    const found = await explore(size, { ...options, mutant: rule });
    const isCaught = found.violated !== undefined && violates.includes(found.violated);
    print(`${rule} (${size})`, found, `${isCaught ? 'caught' : 'NOT CAUGHT'}: ${found.violated}`);
    if (!isCaught) isAsExpected = false;
  }
process.exitCode = isAsExpected ? 0 : 1;

function print(name: string, { states, distinct, depth, seconds }: Explored, result: string): void {
  const figures = [
    `${distinct.toLocaleString('en')} states`,
    `${states.toLocaleString('en')} steps`,
    depth === undefined ? undefined : `depth ${depth}`,
    `${seconds.toFixed(0)} s`,
  ];
  console.log(`${name}: ${figures.filter(figure => figure !== undefined).join(', ')}: ${result}`);
}
