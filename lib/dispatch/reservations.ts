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

interface UsableReplica {
  readonly url: string;
  readonly site?: string | undefined;
  readonly proximity: number;
}

/** The files of one block as workers of one site see them. */
export interface BlockFiles {
  readonly number: number;
  readonly files: readonly CatalogueFile[];
  /** The replicas a worker of the site can use, nearest first. */
  replicasOf(slot: number): readonly UsableReplica[];
  /** Whether a worker of the site can work on the file. */
  usable(slot: number): boolean;
}

export async function filesOfBlock(
  context: Context,
  project: ProjectRecord,
  number: number,
  site: string | undefined,
): Promise<BlockFiles> {
  const [files, table, marks] = [
    await context.catalogue.read(project.id, number),
    await context.sites.read(),
    await readMarks(context, project, number),
  ];
  await context.files.prepare?.(files.flatMap(({ replicas = [] }) => replicas.map(({ url }) => url)));
  const found = new Map<number, UsableReplica[]>();
  const replicasOf = (slot: number) => {
    const known = found.get(slot);
    if (known) return known;
    const replicas = withMarks(files[slot]?.replicas ?? [], marks, slot);
    const usable = usableReplicas(table, site, replicas).map(({ replica: { url, site }, proximity }) => ({
      url,
      site,
      proximity,
    }));
    found.set(slot, usable);
    return usable;
  };
  const usable = (slot: number) => project.virtual || replicasOf(slot).length > 0;
  return { number, files, replicasOf, usable };
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
export function urlExpiry({ clock }: Context, { deadline }: Lease): number {
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
    const file = block.files[slot];
    if (!file) throw new Error(`project ${project.id} has no file in slot ${slot} of block ${block.number}`);
    return {
      token: formatToken({ project: project.id, block: block.number, slot, attempt, lease: lease.id }),
      did: file.did,
      attempt,
      deadline: lease.deadline,
      size: file.size,
      ...(hasAttributes(project, file) && { attributes: attributesOf(project, file) }),
      replicas: block.replicasOf(slot).map(replica => ({
        ...replica,
        url: context.files.replicaUrl(replica.url, expiresAt),
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

function hasAttributes({ fileAttributes }: ProjectRecord, { attributes = {} }: CatalogueFile): boolean {
  return Object.keys(fileAttributes).length > 0 || Object.keys(attributes).length > 0;
}

export function attributesOf(project: ProjectRecord, file: CatalogueFile) {
  return { ...project.fileAttributes, ...file.attributes };
}
