/** A line of a chart: points by hours. */
export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly dashed?: boolean;
  readonly points: readonly (readonly [hours: number, value: number])[];
}

export interface Chart {
  readonly title: string;
  readonly lines: readonly Line[];
}

export const WIDTH = 460;
export const HEIGHT = 260;
const EDGE = { left: 62, right: 14, top: 30, bottom: 38 };
const INK = '#444';

/** One chart as an SVG group of WIDTH by HEIGHT, its lower edge the hours. */
export function chart({ title, lines }: Chart, hours: number): string {
  const most = niceCeiling(Math.max(1, ...lines.flatMap(({ points }) => points.map(([, value]) => value))));
  const x = (hour: number) => EDGE.left + (hour / hours) * (WIDTH - EDGE.left - EDGE.right);
  const y = (value: number) => HEIGHT - EDGE.bottom - (value / most) * (HEIGHT - EDGE.top - EDGE.bottom);
  const rows = [0, 0.25, 0.5, 0.75, 1].map(part => part * most);
  const columns = Array.from({ length: Math.floor(hours / 4) + 1 }, (_, n) => 4 * n);
  return [
    text(EDGE.left, 18, title, { anchor: 'start', weight: 'bold' }),
    ...rows.map(row => stroke(x(0), y(row), x(hours), y(row), row === 0 ? INK : '#ddd')),
    ...rows.map(row => text(EDGE.left - 6, y(row) + 4, shortNumber(row), { anchor: 'end' })),
    ...columns.map(hour => text(x(hour), HEIGHT - EDGE.bottom + 16, String(hour), { anchor: 'middle' })),
    text(x(hours), HEIGHT - EDGE.bottom - 5, 'hours', { anchor: 'end' }),
    ...lines.map(line => polyline(line, x, y)),
    ...lines.map((line, n) => legend(line, EDGE.left + 4 + n * 130, HEIGHT - 6)),
  ].join('\n');
}

function polyline(
  { points, colour, dashed }: Line,
  x: (hour: number) => number,
  y: (value: number) => number,
): string {
  const path = points.map(([hour, value]) => `${x(hour).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const dash = dashed ? ' stroke-dasharray="5 4"' : '';
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.8"${dash}/>`;
}

function legend(line: Line, x: number, y: number): string {
  const sample: Line = {
    ...line,
    points: [
      [0, 0],
      [1, 0],
    ],
  };
  const dash = polyline(
    sample,
    hour => x + 18 * hour,
    () => y - 4,
  );
  return `${dash}\n${text(x + 23, y, line.name, { anchor: 'start' })}`;
}

function stroke(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${colour}"/>`;
}

function text(
  x: number,
  y: number,
  content: string,
  { anchor, weight = 'normal' }: { anchor: string; weight?: string },
): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-weight="${weight}" fill="${INK}">${content}</text>`;
}

/** The next of 1, 2, 2.5, 5 and 10 times a power of ten. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 5, 10].find(step => step * power >= value) ?? 10);
}

function shortNumber(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toFixed(2))}M`;
  return value >= 1e3 ? `${Number((value / 1e3).toFixed(2))}k` : String(Number(value.toFixed(2)));
}
