import * as z from 'zod';
import type { Context } from './context.ts';
import type { RowNotes, SurveyNotes } from './manifest/survey-manifest.ts';
import type { Key } from './ports.ts';
import { SideBySide } from './side-by-side.ts';

/** A survey that is over sooner is begun anew should it be cut off: that costs less than its notes. */
const KEPT_AFTER_MILLIS = 2 * 60_000;
const NUMBER_DIGITS = 5;
/** As many notes as the largest project's survey has, and more. */
const MOST_NOTES = 10 ** NUMBER_DIGITS;

const StoredNotes = z.object({ lanes: z.record(z.string(), z.int()), hashes: z.base64() });

/** The notes of the survey of a project's manifest, in the store. Those of the first minutes are kept when these are over. */
export function surveyNotes(context: Context, project: number): SurveyNotes {
  const { store, clock, layout } = context;
  const begunAt = clock.now();
  const beside = new SideBySide(layout.requestsAtOnce);
  const waiting: { number: number; notes: RowNotes }[] = [];
  return {
    async *read() {
      let after: string | undefined;
      for (let number = 0; number < MOST_NOTES; number += 1) {
        const key = notesKey(project, number);
        const [item] = await store.list(key.partition, { limit: 1, ...(after !== undefined && { after }) });
        if (item?.key.sort !== key.sort) return;
        after = key.sort;
        const { lanes, hashes } = StoredNotes.parse(item.value);
        yield { lanes: new Map(Object.entries(lanes)), hashes: wordsOf(Buffer.from(hashes, 'base64')) };
      }
    },
    async keep(number, notes) {
      waiting.push({ number, notes });
      if (clock.now() - begunAt < KEPT_AFTER_MILLIS) return;
      for (const { number, notes } of waiting.splice(0))
        await beside.begin(() => store.put(notesKey(project, number), storedNotes(notes), 0));
      // Notes are read up to the first that is missing.
      await beside.end();
    },
  };
}

function storedNotes({ lanes, hashes }: RowNotes): z.infer<typeof StoredNotes> {
  const bytes = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  return { lanes: Object.fromEntries(lanes), hashes: bytes.toString('base64') };
}

/** Copied to where words may begin. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(bytes).buffer);
}

function notesKey(project: number, number: number): Key {
  return { partition: notesPartition(project), sort: String(number).padStart(NUMBER_DIGITS, '0') };
}

export function notesPartition(project: number): string {
  return `p${project}/survey`;
}
