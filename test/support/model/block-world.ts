import assert from 'node:assert/strict';
import { advance } from '../../../lib/domain/block/advance.ts';
import { type Block, encodeTries, isWait, type Lease, newBlock } from '../../../lib/domain/block/block.ts';
import { expire } from '../../../lib/domain/block/expire.ts';
import { heartbeat } from '../../../lib/domain/block/heartbeat.ts';
import { type Report, type Reported, report } from '../../../lib/domain/block/report.ts';
import { type ReserveCommand, type Reserved, reserve } from '../../../lib/domain/block/reserve.ts';
import { restart } from '../../../lib/domain/block/restart.ts';
import { forgetBeyond, type LeaseRoom, LONGEST_WORKER, leaseRoom } from '../../../lib/domain/block/size.ts';
import { checkAgreement, checkAttempts, checkInvariants } from './block-checks.ts';
import { BlockModel, type Expected, type ExpectedReserve, type ModelReservation } from './block-model.ts';
import type { Command, Item, Setting, Wish } from './commands.ts';
import { Tickets } from './tickets.ts';

/** What the files of these tests are expected to take; of every third nothing is known. */
const SECONDS = [undefined, 5, 20];

/** A block, its model and its tickets, taken through a story together; throws where they part. */
export class BlockWorld {
  /** How often each kind of answer was seen: a test that meets none of a kind has not tested it. */
  readonly seen: Map<string, number>;
  private readonly setting: Setting;
  private readonly model: BlockModel;
  private readonly tickets: Tickets;
  private readonly requests: { worker: string; requestId: string }[] = [];
  private readonly room: LeaseRoom;
  block: Block;
  private now: number;
  private lastReports: readonly Report[] = [];

  constructor(setting: Setting, seen: Map<string, number>) {
    this.setting = setting;
    this.seen = seen;
    this.now = setting.now ?? 1_000_000;
    const { slots, policy, maxLeases: leases, bytes = Number.POSITIVE_INFINITY, ended = 0, begin } = setting;
    this.model = new BlockModel(slots, policy, ended);
    this.room = leaseRoom({ leases, bytes }, slots, policy.maxAttempts);
    const tries = encodeTries(Array.from({ length: slots }, () => ended));
    this.block = { ...newBlock(slots), tries, ...begin };
    this.tickets = new Tickets(this.room, this.block.generation);
    if (bytes < Number.POSITIVE_INFINITY)
      this.model.remembered = (lease, slot) =>
        this.block.past.some(({ id, slots }) => id === lease && slots.includes(slot));
  }

  step(command: Command): void {
    this.now += command.wait;
    this.model.version = this.block.version + 1;
    const byTicket =
      command.do === 'reserve' && command.byTicket && this.tickets.isVisible(this.block, this.now);
    const changed = this.perform(command);
    if (changed) {
      assert.equal(changed.version, this.block.version + 1, 'each change is one version');
      this.adoptWaits(changed);
      const moved = byTicket ? this.tickets.putBack(changed) : this.tickets.follow(changed);
      this.block = forgetBeyond(moved, this.setting.bytes ?? Number.POSITIVE_INFINITY);
      if (this.block !== moved) this.count('forgotten');
    }
    checkInvariants(this.block);
    checkAgreement(this.block, this.model);
    checkAttempts(this.block, this.setting.policy.maxAttempts);
    this.tickets.check(this.block, this.model.dueAt(this.room), this.now);
  }

  private perform(command: Command): Block | undefined {
    switch (command.do) {
      case 'reserve':
        return this.reserve(this.commandOf(command.wish));
      case 'report':
        return this.report(command.items.flatMap(item => this.reportOf(item)));
      case 'report-again':
        return this.report(this.lastReports);
      case 'advance':
        return this.advance(
          command.items.flatMap(item => this.reportOf(item)),
          this.commandOf(command.wish),
        );
      case 'heartbeat':
        return this.heartbeat(command);
      case 'expire':
        return this.expire();
      case 'restart':
        return this.restart(command);
    }
  }

  private reserve(command: ReserveCommand): Block {
    const { block, outcome, failed } = reserve(this.block, command, this.setting.policy, this.now);
    this.model.endBackoffs(this.now);
    assert.deepEqual(failed, bySlotWithinLease(this.block, this.model.expire(this.now)));
    this.checkReserved(outcome, this.model.reserve(command, this.now));
    if (outcome.kind === 'leased') this.checkReserveRepeats(block, command, outcome);
    return block;
  }

  private report(reports: readonly Report[]): Block {
    const { block, outcomes } = report(this.block, reports, this.setting.policy, this.now);
    this.model.endBackoffs(this.now);
    this.checkReported(reports, outcomes);
    this.checkReportRepeats(block, reports, outcomes);
    this.lastReports = reports;
    return block;
  }

  private advance(reports: readonly Report[], command: ReserveCommand): Block {
    const { policy } = this.setting;
    const { block, outcomes, reserved, failed } = advance(this.block, reports, command, policy, this.now);
    this.model.endBackoffs(this.now);
    this.checkReported(reports, outcomes);
    assert.deepEqual(failed, bySlotWithinLease(this.block, this.model.expire(this.now)));
    this.checkReserved(reserved, this.model.reserve(command, this.now));
    this.lastReports = reports;
    return block;
  }

  private heartbeat({ who, leaseMillis }: Command & { do: 'heartbeat' }): Block {
    const id = 'pick' in who ? this.pick(who.pick)?.lease.id : undefined;
    const isWanted = (lease: { id: number; worker: string }) =>
      'worker' in who ? lease.worker === this.nameOf(who.worker) : lease.id === id;
    const { block, kept } = heartbeat(this.block, isWanted, leaseMillis, this.now);
    const expected = this.model.heartbeat(isWanted, leaseMillis, this.now);
    const slotsOf = (held: { id: number }) =>
      this.model.standing().flatMap(({ slot, lease }) => (lease.id === held.id ? slot : []));
    assert.deepEqual(
      kept.map(({ lease, slots }) => [lease.id, lease.deadline, slots]),
      expected.toSorted((a, b) => a.id - b.id).map(lease => [lease.id, lease.deadline, slotsOf(lease)]),
    );
    this.count(kept.length > 0 ? 'heartbeat kept' : 'heartbeat lost');
    return block;
  }

  private expire(): Block | undefined {
    const expired = expire(this.block, this.setting.policy, this.now);
    const isOverdue = this.model.leases().some(({ deadline }) => deadline !== null && deadline <= this.now);
    assert.equal(expired !== undefined, isOverdue);
    if (!expired) return undefined;
    this.model.endBackoffs(this.now);
    assert.deepEqual(expired.failed, bySlotWithinLease(this.block, this.model.expire(this.now)));
    this.count('lease ended');
    return expired.block;
  }

  private restart({ states, slots }: Command & { do: 'restart' }): Block | undefined {
    const selection = slots ? { states, slots: new Set(slots) } : { states };
    const restarted = restart(this.block, selection, this.now);
    assert.equal(restarted?.reopened ?? 0, this.model.restart(selection));
    if (restarted) this.model.endBackoffs(this.now);
    this.count(restarted ? 'restarted' : 'nothing to restart');
    return restarted?.block;
  }

  private checkReserved(outcome: Reserved, expected: ExpectedReserve): void {
    this.count(outcome.kind);
    if (outcome.kind === 'leased') {
      const { id, worker, requestId, deadline } = outcome.lease;
      assert.deepEqual({ ...outcome, lease: { id, worker, requestId, deadline } }, expected);
    } else assert.deepEqual(outcome, expected);
  }

  private checkReported(reports: readonly Report[], outcomes: readonly Reported[]): void {
    assert.equal(outcomes.length, reports.length);
    for (const [n, outcome] of outcomes.entries()) {
      const one = reports[n];
      if (one) this.checkAnswer(outcome, this.model.report(one, this.now), this.model.files[one.slot]?.state);
      this.count(outcome.kind === 'refused' ? outcome.reason : outcome.kind);
    }
  }

  private checkAnswer(outcome: Reported, expected: Expected, state = 'ready'): void {
    if (expected.kind === 'unspecified') assert.notEqual(outcome.kind, 'accepted');
    else assert.deepEqual(outcome, expected.kind === 'refused' ? { ...expected, state } : expected);
  }

  /** A request that comes twice, because its answer was lost, finds the lease it made. */
  private checkReserveRepeats(block: Block, command: ReserveCommand, outcome: Reserved): void {
    const again = reserve(block, command, this.setting.policy, this.now);
    assert.deepEqual(again.outcome, outcome);
    assert.equal(again.block.slots, block.slots);
  }

  /** Reports that come twice, because their answer was lost, are answered the same and change nothing. */
  private checkReportRepeats(block: Block, reports: readonly Report[], outcomes: readonly Reported[]): void {
    const again = report(block, reports, this.setting.policy, this.now);
    const isNew = (outcome: Reported | undefined) => outcome?.kind === 'accepted';
    assert.deepEqual(again.outcomes.filter(isNew), []);
    for (const [n, outcome] of outcomes.entries())
      if (isNew(outcome)) assert.deepEqual(again.outcomes[n], { kind: 'repeated', state: outcome.state });
    assert.deepEqual({ ...again.block, version: block.version }, block);
  }

  /**
   * A block tells ten backoffs apart; past that it lets files wait longer, never shorter. What it made of them is
   * taken over, so that the model goes on from there.
   */
  private adoptWaits(block: Block): void {
    if (block.waits.filter(notBefore => notBefore > 0).length < 10) return;
    for (const [slot, file] of this.model.files.entries()) {
      const mark = block.slots[slot] ?? '';
      const wait = isWait(mark) ? (block.waits[Number(mark)] ?? 0) : 0;
      if (file.notBefore === 0) continue;
      assert.ok(wait >= file.notBefore, 'a file waits no shorter than asked');
      if (wait > file.notBefore) this.count('waits longer');
      file.notBefore = wait;
    }
  }

  private commandOf({ worker, again, usable, wallSeconds, count, leaseMillis }: Wish): ReserveCommand {
    const earlier =
      again === undefined ? undefined : this.requests.at(-1 - (again % (this.requests.length || 1)));
    const request = earlier ?? {
      worker: this.nameOf(worker),
      requestId: `r${1_000_000 + this.requests.length}`,
    };
    if (!earlier) this.requests.push(request);
    return {
      ...request,
      count,
      leaseMillis,
      room: this.room,
      ...(usable !== undefined && { usable: (slot: number) => ((usable >> (slot % 31)) & 1) === 1 }),
      ...(wallSeconds !== undefined && {
        wallTime: { seconds: wallSeconds, of: (slot: number) => SECONDS[slot % 3] },
      }),
    };
  }

  private reportOf(item: Item): Report[] {
    const { verdict } = item;
    if (item.by === 'worker')
      return item.slot < this.setting.slots
        ? [{ slot: item.slot, verdict, by: { worker: this.nameOf(item.worker) } }]
        : [];
    if (item.by === 'forged')
      return [{ slot: item.slot, verdict, by: { lease: item.lease, attempt: item.attempt } }];
    const picked = this.pick(item.pick);
    if (!picked) return [];
    const { slot, attempt, lease } = picked;
    if (item.by === 'holder') return [{ slot, verdict, by: { worker: lease.worker } }];
    if (item.by === 'token') return [{ slot, verdict, by: { lease: lease.id, attempt } }];
    const by = { lease: lease.id + item.lease, attempt: attempt + item.attempt };
    return [{ slot: Math.max(0, slot + item.slot), verdict, by }];
  }

  private pick(back: number): ModelReservation | undefined {
    const { history } = this.model;
    return history.at(-1 - (back % (history.length || 1)));
  }

  private nameOf(worker: string): string {
    return this.setting.longNames ? worker.padEnd(LONGEST_WORKER, '-') : worker;
  }

  private count(kind: string): void {
    this.seen.set(kind, (this.seen.get(kind) ?? 0) + 1);
  }
}

/** Expired slots are told lease by lease. */
function bySlotWithinLease<S extends { slot: number }>(block: Block, expired: S[]): S[] {
  const order = (slot: number) => block.leases.findIndex(({ mark }: Lease) => mark === block.slots[slot]);
  return expired.toSorted((a, b) => order(a.slot) - order(b.slot) || a.slot - b.slot);
}
