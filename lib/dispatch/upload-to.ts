import type { Upload } from '../contract/projects.ts';
import type { Home } from './home.ts';

/** Where to PUT the bytes of a key until `wanted`, ms since 1970, or as long as the home lets a URL work. */
export async function uploadTo({ files }: Home, key: string, wanted: number): Promise<Upload> {
  await files.prepare?.([]);
  const expiresAt = files.urlsWorkUntil?.(wanted) ?? wanted;
  return { method: 'PUT', url: files.uploadUrl(key, expiresAt), expiresAt };
}
