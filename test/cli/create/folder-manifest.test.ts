import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { folderManifest } from '../../../lib/cli/create/folder-manifest.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('a folder as a manifest', () => {
  it('comes in pieces, however many files there are, in the order of their names', async () => {
    const root = await tempFolder();
    await mkdir(join(root, 'm'));
    const names = Array.from({ length: 600 }, (_, n) => (n % 2 === 0 ? `f${n}` : `m/f${n}`));
    await Promise.all(names.map(name => writeFile(join(root, name), name)));
    const pieces: string[] = [];
    for await (const piece of folderManifest(root, undefined)) pieces.push(Buffer.from(piece).toString());
    expect(pieces.length).toBeGreaterThanOrEqual(4);
    const dids = pieces.flatMap(piece =>
      piece
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).did),
    );
    expect(dids).toEqual(names.toSorted());
  });

  it('passes over what is neither a file nor a folder', async () => {
    const root = await tempFolder();
    const socket = createServer().listen(join(root, 'socket'));
    await once(socket, 'listening');
    expect(await text(folderManifest(root, undefined))).toBe('');
    socket.close();
  });

  it('says which name it cannot read, because it is not UTF-8', async () => {
    const root = await tempFolder();
    await writeFile(Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([0xff])]), '');
    await expect(text(folderManifest(root, undefined))).rejects.toThrow(`a\ufffd in ${root} is not UTF-8`);
  });

  it('says which folder it cannot read', async () => {
    const root = await tempFolder();
    await expect(text(folderManifest(join(root, 'gone'), undefined))).rejects.toThrow(
      `${root}/gone/ cannot be read: it is not there`,
    );
  });
});
