import type { Replica } from '../contract/words.ts';
import type { Reservation } from '../contract/work.ts';
import { type Block, type Lease, triesOf } from '../domain/block/block.ts';
import type { LeasedSlot } from '../domain/block/reserve.ts';
import { usableReplicas } from '../domain/proximity.ts';
import { formatToken } from '../domain/token.ts';
import type { CatalogueFile } from './catalogue.ts';
import type { Context } from './context.ts';
import type { ProjectRecord } from './project-record.ts';
import { type ReplicaMarks, readMarks } from './replica-marks.ts';

/** A URL outlives its lease by this much, so that a transfer that began in time can end. */
const URL_GRACE_MILLIS = 5 * 60_000;
/** The URL of a file that is held until reported works this long. */
const URL_MILLIS = 7 * 86_400_000;

/** A file, and the replicas that workers of a site can use, nearest first. */
interface SeenFile {
  readonly file: CatalogueFile;
  readonly replicas: readonly { readonly replica: Replica; readonly proximity: number }[];
}

/** The files of one block as workers of one site see them. */
export interface BlockFiles {
  readonly number: number;
  /** Undefined when the block has no such slot. */
  file(slot: number): SeenFile | undefined;
  /** Whether a worker of the site can work on the file. */
  usable(slot: number): boolean;
}

export async function filesOfBlock(
  context: Context,
  project: ProjectRecord,
  number: number,
  site: string | undefined,
): Promise<BlockFiles> {
  const [page, table, marks] = [
    await context.catalogue.read(project, number),
    await context.sites.read(),
    await readMarks(context, project, number),
  ];
  await context.files.prepare?.(page.files().flatMap(({ replicas }) => replicas.map(({ url }) => url)));
  const seen = new Map<number, SeenFile>();
  const fileAt = (slot: number) => {
    const known = seen.get(slot);
    if (known) return known;
    const file = page.file(slot);
    if (!file) return undefined;
    const replicas = marks[slot] ? withMarks(file.replicas, marks, slot) : file.replicas;
    const one = { file, replicas: usableReplicas(table, site, replicas) };
    seen.set(slot, one);
    return one;
  };
  const usable = (slot: number) => project.virtual || (fileAt(slot)?.replicas.length ?? 0) > 0;
  return { number, file: fileAt, usable };
}

export function withMarks<R extends { url: string }>(
  replicas: readonly R[],
  marks: ReplicaMarks,
  slot: number,
) {
  const marked = marks[slot] ?? [];
  return replicas.map(replica => ({ ...replica, available: !marked.includes(replica.url) }));
}

/** Until when the URLs of a reservation work, ms since 1970. */
export function urlExpiry({ clock }: Context, { deadline }: Pick<Lease, 'deadline'>): number {
  const now = clock.now();
  return deadline === null ? now + URL_MILLIS : Math.max(now, deadline) + URL_GRACE_MILLIS;
}

/** What a worker receives for the slots it leased. */
export function reservationsOf(
  context: Context,
  project: ProjectRecord,
  block: BlockFiles,
  lease: Lease,
  slots: readonly LeasedSlot[],
): Reservation[] {
  const expiresAt = urlExpiry(context, lease);
  return slots.map(({ slot, attempt }) => {
    const seen = block.file(slot);
    if (!seen) throw new Error(`project ${project.id} has no file in slot ${slot} of block ${block.number}`);
    const { file, replicas } = seen;
    return {
      token: formatToken({ project: project.id, block: block.number, slot, attempt, lease: lease.id }),
      did: file.did,
      attempt,
      deadline: lease.deadline,
      size: file.size,
      attributes: hasAttributes(project, file) ? attributesOf(project, file) : undefined,
      replicas: replicas.map(({ replica: { url, site }, proximity }) => ({
        url: context.files.replicaUrl(url, expiresAt),
        site,
        proximity,
      })),
    };
  });
}

/** The slots of a lease, each with the attempt that it stands for. */
export function slotsHeld(block: Block, { mark }: Lease): LeasedSlot[] {
  return Array.from(block.slots, (_, slot) => slot)
    .filter(slot => block.slots[slot] === mark)
    .map(slot => ({ slot, attempt: triesOf(block, slot) + 1 }));
}

function hasAttributes({ fileAttributes }: ProjectRecord, { attributes }: CatalogueFile): boolean {
  return !isEmpty(fileAttributes) || (attributes !== undefined && !isEmpty(attributes));
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

export function attributesOf(project: ProjectRecord, file: CatalogueFile) {
  return { ...project.fileAttributes, ...file.attributes };
}
