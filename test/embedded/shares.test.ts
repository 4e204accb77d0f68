import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { folderFiles } from '../../lib/embedded/folder-files.ts';
import { SignedUrls } from '../../lib/embedded/signed-urls.ts';
import { startFileHome } from '../support/file-home.ts';
import { tempFolder } from '../support/temp-folder.ts';

const hrefOf = (...names: string[]) => pathToFileURL(join(...names)).href;

function filesSharing(...shares: string[]) {
  const urls = new SignedUrls(Buffer.from('secret'), () => 'http://server');
  return folderFiles({ folder: '/nowhere', shares, urls, settled: async () => {} });
}

describe('a replica', () => {
  test('in a share, however deep, can be handed out', async () => {
    const share = await tempFolder();
    const { faultOf } = filesSharing('/usr/lib', share);
    expect(faultOf(hrefOf(share, 'a'))).toBeUndefined();
    expect(faultOf(hrefOf(share, 'b/c/d'))).toBeUndefined();
    expect(faultOf(hrefOf(share, 'b/..hidden'))).toBeUndefined();
    expect(faultOf(`FILE://localhost${share}/a`)).toBeUndefined();
  });

  test('outside of every share has a fault that says how to share it', async () => {
    const share = await tempFolder();
    const { faultOf } = filesSharing(share);
    const fault = (path: string, folder: string) =>
      `${path} is in no folder this server shares; start it with --share ${folder}`;
    expect(faultOf('file:///etc/passwd')).toBe(fault('/etc/passwd', '/etc'));
    expect(faultOf(`${hrefOf(share)}/../x`)).toBe(fault(join(share, '../x'), join(share, '..')));
    expect(faultOf(`${hrefOf(share)}/%2e%2e/x`)).toBe(fault(join(share, '../x'), join(share, '..')));
    expect(faultOf(`${hrefOf(share)}2/x`)).toBe(fault(`${share}2/x`, `${share}2`));
  });

  test.each(['file://other.host/a', 'file:///a%2Fb', 'file:///a%FF'])(
    'that is no path on this machine has a fault: %s',
    url => {
      expect(filesSharing('/').faultOf(url)).toBe(`${url} is not a file on this machine`);
    },
  );
});

describe('a share', () => {
  test('may be named by a link, and its files by that link or by where they are', async () => {
    const root = await tempFolder();
    await mkdir(join(root, 'real'));
    await symlink(join(root, 'real'), join(root, 'link'));
    const { faultOf } = filesSharing(join(root, 'link'));
    expect(faultOf(hrefOf(root, 'link/a'))).toBeUndefined();
    expect(faultOf(hrefOf(root, 'real/a'))).toBeUndefined();
  });

  test('may be named from the current folder', async () => {
    const share = await tempFolder();
    expect(filesSharing(relative('.', share)).faultOf(hrefOf(share, 'a'))).toBeUndefined();
  });

  test('that is not there is refused by name', () => {
    expect(() => filesSharing('/not/there')).toThrow('/not/there cannot be shared: there is no such folder');
  });
});

describe('a signed URL', () => {
  async function setup() {
    const home = await startFileHome();
    /** Status of a GET of something in the share, or of a way out of it. */
    const statusOf = async (path: string) => {
      const expiresAt = home.clock.now() + 3_600_000;
      const resource = `share${home.share}/${path}`;
      return (await fetch(home.urls.sign({ method: 'GET', resource, expiresAt }))).status;
    };
    return { ...home, statusOf };
  }

  test('follows a link inside the share', async () => {
    const { share, makeReplica, statusOf } = await setup();
    await makeReplica('real', 'x');
    await symlink('real', join(share, 'link'));
    expect(await statusOf('link')).toBe(200);
  });

  test.each(['/etc/hostname', '../data/secret', '../secret'])('follows no link to %s', async target => {
    const { root, folder, share, statusOf, warnings } = await setup();
    await writeFile(join(folder, 'secret'), 'x');
    await writeFile(join(root, 'secret'), 'x');
    await symlink(target, join(share, 'link'));
    await mkdir(join(share, 'deep'));
    await symlink('../..', join(share, 'deep/up'));
    expect(await statusOf('link')).toBe(404);
    expect(await statusOf('deep/up/secret')).toBe(404);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['a folder', async (path: string) => mkdir(path)],
    ['a link that leads nowhere', async (path: string) => symlink('nowhere', path)],
    ['a link to itself', async (path: string) => symlink('a', path)],
    ['a named pipe', async (path: string) => execFileSync('sh', ['-c', 'mkfifo "$0"', path])],
  ])('does not open %s', async (_, make) => {
    const { share, statusOf, warnings } = await setup();
    await make(join(share, 'a'));
    expect(await statusOf('a')).toBe(404);
    expect(warnings).toEqual([]);
  });

  test('does not open a file the server may not read', async () => {
    const { share, makeReplica, statusOf } = await setup();
    await makeReplica('a', 'x');
    await chmod(join(share, 'a'), 0);
    expect(await asNobodyIfRoot(() => statusOf('a'))).toBe(404);
  });

  test('finds nothing where a name is too long or is none', async () => {
    const { statusOf, warnings } = await setup();
    expect(await statusOf('x'.repeat(300))).toBe(404);
    expect(await statusOf('a\0b')).toBe(404);
    expect(warnings).toEqual([]);
  });

  test('leads nowhere by `..`, even signed', async () => {
    const { root, urls, clock, warnings } = await setup();
    await writeFile(join(root, 'secret'), 'x');
    const signed = urls.sign({ method: 'GET', resource: 'share/x/../y', expiresAt: clock.now() + 1000 });
    expect((await fetch(signed)).status).toBe(403);
    const dots = signed.replace('/../', '/%2E%2E%2F');
    expect((await fetch(dots)).status).toBe(404);
    expect(warnings).toEqual([]);
  });
});

/** Root may read everything, so it has to be somebody else for a while. */
async function asNobodyIfRoot<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.('nobody');
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
