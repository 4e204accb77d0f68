/**
 * Where the bytes of a project are kept that never change: the names of its files, a page a block, and the index of
 * these, a page a bucket. Each home keeps them where they are cheapest.
 */
export interface Pages {
  /** Begins to write the pages of a shelf that is to have `count` of them. */
  write(shelf: Shelf, count: number): WritePage;
  read(shelf: Shelf, number: number): Promise<Uint8Array | undefined>;
  /** Removes all pages of a shelf that has `count` of them. */
  remove(shelf: Shelf, count: number): Promise<void>;
}

/** A project. After a table was restored its number may have been another's, whose files are still there. */
export interface PagedProject {
  readonly id: number;
  /** ms since 1970. */
  readonly createdAt: number;
}

/** The pages of one kind of a project. */
export interface Shelf {
  readonly project: PagedProject;
  readonly kind: 'files' | 'index';
}

/**
 * Writes a page, in any order; each is kept when all have been written. The same page always has the same bytes, so
 * that one which an earlier run wrote (`isKnown`) need not be made again.
 */
export type WritePage = (number: number, page: () => Uint8Array, isKnown: boolean) => Promise<void>;
