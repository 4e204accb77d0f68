import type { Files } from '../ports.ts';
import { packed, unpacked } from './pack.ts';
import type { Pages, Shelf, WritePage } from './pages.ts';

/** Pages of one object: some 200 KB of names, 128 KB of index. To write one costs the same whatever its size. */
const PER_OBJECT: Record<Shelf['kind'], number> = { files: 32, index: 4 };
/** Bytes of objects that are kept to read further pages of. */
const CACHED_BYTES = 16 * 1024 * 1024;

/** Pages in files, many in one: where a write costs as much as several of items. A file appears when it is full. */
export function objectPages(files: Pick<Files, 'open' | 'exists' | 'write' | 'remove'>): Pages {
  const cache = new Map<string, Uint8Array>();
  let cachedBytes = 0;

  function keep(key: string, bytes: Uint8Array): void {
    cache.set(key, bytes);
    cachedBytes += bytes.length;
    for (const [oldest, dropped] of cache) {
      if (cachedBytes <= CACHED_BYTES) return;
      cache.delete(oldest);
      cachedBytes -= dropped.length;
    }
  }

  return {
    write(shelf, count): WritePage {
      const perObject = PER_OBJECT[shelf.kind];
      /** The pages of each file that is being filled; nothing where the file is there already. */
      const filling = new Map<number, Promise<Uint8Array[] | undefined>>();
      const begin = async (object: number, isKnown: boolean) =>
        isKnown && (await files.exists(keyOf(shelf, object))) ? undefined : ([] as Uint8Array[]);

      return async (number, page, isKnown) => {
        const object = Math.floor(number / perObject);
        const begun = filling.get(object) ?? begin(object, isKnown);
        filling.set(object, begun);
        const pages = await begun;
        if (!pages) return;
        pages[number % perObject] = page();
        const wanted = Math.min(perObject, count - object * perObject);
        if (Object.keys(pages).length < wanted) return;
        filling.delete(object);
        await files.write(keyOf(shelf, object), packed(pages));
      };
    },
    async read(shelf, number) {
      const perObject = PER_OBJECT[shelf.kind];
      const key = keyOf(shelf, Math.floor(number / perObject));
      const known = cache.get(key);
      const bytes = known ?? (await readWhole(files, key));
      if (bytes && !known) keep(key, bytes);
      return bytes && unpacked(bytes, number % perObject);
    },
    remove: shelf => files.remove(folderOf(shelf)),
  };
}

function keyOf(shelf: Shelf, object: number): string {
  return `${folderOf(shelf)}${object}`;
}

function folderOf({ project: { id, createdAt }, kind }: Shelf): string {
  return `pages/${id}-${createdAt}/${kind}/`;
}

async function readWhole(files: Pick<Files, 'open'>, key: string): Promise<Uint8Array | undefined> {
  const chunks = await files.open(key);
  return chunks && Buffer.concat(await Array.fromAsync(chunks));
}
