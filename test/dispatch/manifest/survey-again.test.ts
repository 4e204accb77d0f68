import { expect, test } from 'vitest';
import {
  type RowNotes,
  type SurveyNotes,
  surveyManifest,
} from '../../../lib/dispatch/manifest/survey-manifest.ts';
import { refusalOf, source } from './support.ts';

const ROWS = 40_000;
const NOTED = 2 * 16_384;
const rows = Array.from({ length: ROWS }, (_, n) => ({ name: `f${n}`, lane: n % 3 === 0 ? 'a' : 'b' }));
const LANES = { a: Math.ceil(ROWS / 3), b: ROWS - Math.ceil(ROWS / 3) };

/** Notes that outlive a survey. */
function memoryNotes() {
  const kept: RowNotes[] = [];
  const notes: SurveyNotes = {
    async *read() {
      yield* kept;
    },
    async keep(number, row) {
      kept[number] = row;
    },
  };
  return { kept, notes };
}

/** Surveys a manifest to its end, or until it breaks off; answers how many rows were looked at. */
async function surveyAgain(text: string, notes: SurveyNotes, length = text.length) {
  let looked = 0;
  async function* cut() {
    yield* source(text.slice(0, length));
    if (length < text.length) throw new Error('cut off');
  }
  const check = () => {
    looked += 1;
    return undefined;
  };
  const survey = await surveyManifest(cut, { check, notes }).catch(error => {
    if (error.message !== 'cut off') throw error;
    return undefined;
  });
  return { survey, looked };
}

test.each([
  ['NDJSON', rows.map(row => JSON.stringify(row)).join('\n')],
  ['JSON', JSON.stringify(rows)],
  ['CSV', ['name,lane', ...rows.map(({ name, lane }) => `${name},${lane}`)].join('\n')],
])('a survey that was cut off goes on where its notes end: %s', async (_, text) => {
  const { kept, notes } = memoryNotes();
  await surveyAgain(text, notes, Math.floor(text.length * 0.95));
  expect(kept).toHaveLength(2);
  const { survey, looked } = await surveyAgain(text, notes);
  expect(looked).toBe(ROWS - NOTED);
  expect(survey?.files).toBe(ROWS);
  expect(Object.fromEntries(survey?.lanes ?? [])).toEqual(LANES);
});

test('a DID that is there twice is found though the first one is only in the notes', async () => {
  const text = [...rows.map(({ name }) => name), 'f17'].join('\n');
  const { notes } = memoryNotes();
  await surveyAgain(text, notes, text.length - 10);
  const { faults } = await refusalOf(surveyAgain(text, notes));
  expect(faults).toMatchObject([{ line: ROWS + 1, did: 'f17', message: '"f17" is already on line 18' }]);
});

test('nothing is noted of rows behind a fault', async () => {
  const text = [':bad', ...rows.map(({ name }) => name)].join('\n');
  const { kept, notes } = memoryNotes();
  const { faults } = await refusalOf(surveyAgain(text, notes));
  expect(faults).toHaveLength(1);
  expect(kept).toEqual([]);
});
