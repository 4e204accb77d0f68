import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { TASK_EDGES } from '../../../lib/domain/task/task.ts';

test('every edge of the life of a task is drawn in the architecture, by its name, and no other', async () => {
  const page = await readFile(new URL('../../../docs/architecture.md', import.meta.url), 'utf8');
  const [, chapter = ''] = page.split('### The life of a task\n');
  const [, drawing = ''] = /```mermaid\nstateDiagram-v2\n([^`]*)```/.exec(chapter) ?? [];
  const drawn = [...drawing.matchAll(/^ *(\S+) --> (\S+): (\w+)/gm)]
    .map(([, from, to, edge]) => `${from} ${edge} ${to}`)
    // The time of a scheduled task comes without anybody's doing.
    .filter(arrow => !arrow.startsWith('scheduled '));
  const known = Object.entries(TASK_EDGES).flatMap(([edge, { from, to }]) =>
    to.flatMap(end => (from.length > 0 ? from : ['[*]']).map(start => `${start} ${edge} ${end}`)),
  );

  expect(drawn.sort()).toEqual(known.sort());
});
