/** One page of a listing; `next` is where the one after it begins. */
interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next?: number | undefined;
}

/** Longest page the server gives. */
const PAGE_ROWS = 1000;

/**
 * The rows of a listing, page after page, `most` of them at most. `ask` gets the page that begins `after` a
 * position.
 */
export async function* pages<Row>(
  most: number,
  ask: (page: { after: number; limit: number }) => Promise<Page<Row>>,
): AsyncGenerator<readonly Row[]> {
  let after: number | undefined = 0;
  for (let left = most; left > 0 && after !== undefined; ) {
    const { rows, next }: Page<Row> = await ask({ after, limit: Math.min(left, PAGE_ROWS) });
    yield rows;
    left -= rows.length;
    after = next;
  }
}
