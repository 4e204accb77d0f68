/** One page of a listing; `next` is where the one after it begins. */
interface Page<Row, Place> {
  readonly rows: readonly Row[];
  readonly next?: Place | undefined;
}

/** Longest page the server gives. */
const PAGE_ROWS = 1000;

/**
 * The rows of a listing, page after page, `most` of them at most. `ask` gets the page that begins `after` a
 * position.
 */
export async function* pages<Row, Place = number>(
  most: number,
  ask: (page: { after: Place | undefined; limit: number }) => Promise<Page<Row, Place>>,
): AsyncGenerator<readonly Row[]> {
  let after: Place | undefined;
  for (let left = most; left > 0; ) {
    const { rows, next } = await ask({ after, limit: Math.min(left, PAGE_ROWS) });
    yield rows;
    if (next === undefined) return;
    left -= rows.length;
    after = next;
  }
}
