import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type SurveyOptions, surveyManifest } from '../../../lib/dispatch/manifest/survey-manifest.ts';
import { refusalOf, source } from './support.ts';

function survey(content: string | Uint8Array, options?: SurveyOptions) {
  return surveyManifest(() => source(content), options);
}

test('a survey counts the files, all and by lane', async () => {
  const text = 'did,lane\na,tape\nb,\nc,tape\nd,disk\ne,default';
  const { files, lanes } = await survey(text);
  expect(files).toBe(5);
  expect(Object.fromEntries(lanes)).toEqual({ tape: 2, default: 2, disk: 1 });
});

test('a survey tells how many rows it has read', async () => {
  const rows: number[] = [];
  await survey(Array.from({ length: 2500 }, (_, i) => `f${i}`).join('\n'), {
    onProgress: progress => rows.push(progress.rows),
  });
  expect(rows).toEqual([1000, 2000, 2500]);
});

test('a survey opens the manifest once when nothing is suspect', async () => {
  let opened = 0;
  await surveyManifest(() => {
    opened += 1;
    return source('a\nb\nc');
  });
  expect(opened).toBe(1);
});

test.each([
  ['lines', 'mc:a\nb\n\nmc:a\nb\nb', [4, 5, 6], [1, 2, 2]],
  ['NDJSON, written in three ways', '{"namespace":"mc","name":"a"}\n"mc:a"\n{"did":"mc:a"}', [2, 3], [1, 1]],
  ['a name with a colon', '{"name":"mc:a:b"}\n{"namespace":"mc","name":"a:b"}', [2], [1]],
  ['JSON', '[{\n"name":"a"},\n\n"a"]', [4], [1]],
  ['CSV', 'namespace,name,attributes\nmc,a,"{\n}"\n,a,\nmc,a,', [5], [2]],
])('a DID that is there twice is refused with both lines: %s', async (_, text, lines, firstLines) => {
  for (const content of [text, gzipSync(text)]) {
    const { faults, total } = await refusalOf(survey(content));
    expect(faults.map(fault => fault.line)).toEqual(lines);
    expect(faults.map(fault => fault.message)).toEqual(
      faults.map(({ did }, i) => `"${did}" is already on line ${firstLines[i]}`),
    );
    expect(total).toBe(lines.length);
  }
});

test('a DID that is twice on one line is refused without naming the line again', async () => {
  const refusal = await refusalOf(survey('["mc:a","b","mc:a"]'));
  expect(refusal.message).toBe('the manifest has a fault: line 1: "mc:a" is already on this line');
});

test('a faulty row is refused before any duplicate is looked for', async () => {
  const refusal = await refusalOf(survey('a\na\n:b'));
  expect(refusal.faults.map(fault => fault.line)).toEqual([3]);
});

test('one lane more than a project can have is refused at its line', async () => {
  const rows = Array.from({ length: 33 }, (_, i) => `f${i},lane${i}`);
  expect((await survey(['did,lane', ...rows.slice(0, 32)].join('\n'))).lanes.size).toBe(32);
  const refusal = await refusalOf(survey(['did,lane', ...rows].join('\n')));
  expect(refusal.faults).toEqual([
    { line: 34, message: 'the lane "lane32" is one more than the 32 that a project can have' },
  ]);
});
