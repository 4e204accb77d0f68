import type { Client } from '../../client/index.ts';

const AT_ONCE = 8;

/** Compares every file's output with the checksum it should be; answers the names of those that are not right. */
export async function wrongChecksums(
  client: Client,
  project: number,
  sums: ReadonlyMap<string, string>,
  onFile: (checked: number) => void,
): Promise<string[]> {
  const wrong: string[] = [];
  const left = [...sums];
  let checked = 0;
  const check = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      const [did, sum] = next;
      const { outputUrl } = await client.showFile({ project, did });
      const found = outputUrl && (await (await fetch(outputUrl)).text());
      if (found !== sum) wrong.push(did);
      checked += 1;
      onFile(checked);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, check));
  return wrong;
}
