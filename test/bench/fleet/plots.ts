import { type Chart, chart, HEIGHT, type Line, WIDTH } from './chart.ts';
import type { Outcome } from './simulate.ts';

type Sample = Outcome['samples'][number];

const COLOURS = ['#0b6cb3', '#d1622b', '#3b8f3b'];

/** What was sampled, over time, as four charts of SVG: a line for each outcome. */
export function plots(outcomes: readonly Outcome[]): string {
  const hours = Math.max(...outcomes.map(({ makespanSeconds }) => makespanSeconds)) / 3600;
  const charts: Chart[] = [
    { title: 'Files done', lines: [...ideal(outcomes), ...linesOf(outcomes, ({ done }) => done)] },
    { title: 'Tickets in flight', lines: linesOf(outcomes, ({ inFlight }) => inFlight) },
    {
      title: 'Lost conditional writes, a minute',
      lines: ratesOf(outcomes, ({ conflicts }) => conflicts),
    },
    { title: 'Answers “wait”, a minute', lines: ratesOf(outcomes, ({ waits }) => waits) },
  ];
  const groups = charts.map((one, n) => {
    const [x, y] = [(n % 2) * WIDTH, Math.floor(n / 2) * HEIGHT];
    return `<g transform="translate(${x} ${y})">\n${chart(one, hours)}\n</g>`;
  });
  const size = `viewBox="0 0 ${2 * WIDTH} ${2 * HEIGHT}" width="${2 * WIDTH}" height="${2 * HEIGHT}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="system-ui, sans-serif" font-size="11">`,
    '<title>A project and its fleet of workers, over time</title>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...groups,
    '</svg>\n',
  ].join('\n');
}

function nameOf({ scenario }: Outcome): string {
  return scenario.perCall === 1 ? '1 file a call' : `${scenario.perCall} files a call`;
}

function linesOf(outcomes: readonly Outcome[], value: (sample: Sample) => number): Line[] {
  return outcomes.map((outcome, n) => ({
    name: nameOf(outcome),
    colour: COLOURS[n % COLOURS.length] ?? '#000',
    points: during(outcome).map(sample => [sample.seconds / 3600, value(sample)]),
  }));
}

/** How much a sampled count grew in a minute, from each sample to the next. */
function ratesOf(outcomes: readonly Outcome[], count: (sample: Sample) => number): Line[] {
  return linesOf(outcomes, count).map(line => ({
    ...line,
    points: line.points.slice(1).map(([hours, value], n) => {
      const [hoursBefore = 0, valueBefore = 0] = line.points[n] ?? [];
      return [hours, (value - valueBefore) / (60 * (hours - hoursBefore))];
    }),
  }));
}

/** While the project was active: afterwards workers only hear that it is over. */
function during({ samples, makespanSeconds }: Outcome): readonly Sample[] {
  return samples.filter(({ seconds }) => seconds <= makespanSeconds);
}

/** All workers at work from when half of them have begun, and all ending together. */
function ideal([outcome]: readonly Outcome[]): Line[] {
  if (!outcome) return [];
  const { scenario, idealSeconds } = outcome;
  const points: [number, number][] = [
    [scenario.rampSeconds / 7200, 0],
    [idealSeconds / 3600, scenario.files],
  ];
  return [{ name: 'ideal', colour: '#999', dashed: true, points }];
}
