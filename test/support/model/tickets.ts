import assert from 'node:assert/strict';
import { type Block, isClosed } from '../../../lib/domain/block/block.ts';
import type { LeaseRoom } from '../../../lib/domain/block/size.ts';
import { moveTicket, nextWake } from '../../../lib/domain/block/wake.ts';

/** The tickets of one block, as its home's queue has them: until when each generation's is hidden. */
export class Tickets {
  private readonly hiddenUntil: Map<number, number>;
  private readonly room: LeaseRoom;

  constructor(room: LeaseRoom, generation: number) {
    this.room = room;
    this.hiddenUntil = new Map([[generation, 0]]);
  }

  /** Whether a worker could receive the block's ticket now. */
  isVisible({ generation }: Block, now: number): boolean {
    return (this.hiddenUntil.get(generation) ?? Number.POSITIVE_INFINITY) <= now;
  }

  /** A change by a worker that came without the ticket. */
  follow(changed: Block): Block {
    const { block, move } = moveTicket(changed, this.room);
    if (move.kind === 'send') {
      assert.equal(move.generation, changed.generation + 1);
      this.hiddenUntil.set(move.generation, move.visibleAt);
    }
    return this.deleteIfClosed(block);
  }

  /** A change by a worker that received the ticket: it puts it back to the block's next wake-up. */
  putBack(changed: Block): Block {
    const block = { ...changed, wakeAt: nextWake(changed, this.room) };
    this.hiddenUntil.set(block.generation, block.wakeAt);
    return this.deleteIfClosed(block);
  }

  /** The promise: a ticket of the block's generation comes up when there is something to do. */
  check(block: Block, dueAt: number, now: number): void {
    assert.equal(nextWake(block, this.room), Math.min(dueAt, Number.MAX_SAFE_INTEGER));
    if (isClosed(block)) return;
    const hiddenUntil = this.hiddenUntil.get(block.generation);
    assert.ok(hiddenUntil !== undefined, 'an open block has a ticket');
    assert.ok(hiddenUntil <= block.wakeAt, 'the ticket comes up when the block says');
    assert.ok(hiddenUntil <= Math.max(dueAt, now), 'the ticket comes up in time');
  }

  private deleteIfClosed(block: Block): Block {
    if (isClosed(block)) this.hiddenUntil.clear();
    return block;
  }
}
