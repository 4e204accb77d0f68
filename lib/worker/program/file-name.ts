const LONGEST_STEM = 60;
const LONGEST_EXTENSION = 16;

/**
 * A name for a file's copy on disk: the last part of its DID, with its extension. Letters and digits of any script
 * stay, and `. _ + = @ -`; all else becomes `_`. It never begins with `.` or `-`, and fits every file system.
 */
export function fileNameOf(did: string): string {
  const last =
    did
      .slice(did.indexOf(':') + 1)
      .replace(/\/+$/, '')
      .split('/')
      .at(-1) ?? '';
  const safe = last
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._+=@-]/gu, '_')
    .replace(/^[.-]+/, '');
  const dot = safe.lastIndexOf('.');
  const stem = dot > 0 ? safe.slice(0, dot) : safe;
  const extension = dot > 0 ? safe.slice(dot) : '';
  return (
    stem.slice(0, LONGEST_STEM).toWellFormed() + extension.slice(0, LONGEST_EXTENSION).toWellFormed() ||
    'file'
  );
}
