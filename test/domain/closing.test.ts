import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  closeChild,
  closingLevels,
  FAN_OUT,
  lifeOf,
  newNode,
  nodeState,
  reopenChild,
  reopenNode,
} from '../../lib/domain/closing.ts';
import { ClosingTree } from '../support/model/closing-tree.ts';

describe('one node', () => {
  test('is open while a child is, and ends as its worst child did', () => {
    const states = ['..', 'D.', 'F.', 'DD', 'DF', 'FF'].map(children => nodeState({ children, lives: '' }));
    expect(states).toEqual(['.', '.', '.', 'D', 'F', 'F']);
  });

  test('a closing told twice changes nothing; another end of the same life replaces it', () => {
    const once = closeChild(newNode(3), 1, 0, 'D');
    expect(once).toEqual({ children: '.D.', lives: '' });
    expect(closeChild(once ?? newNode(3), 1, 0, 'D')).toBeUndefined();
    expect(closeChild(once ?? newNode(3), 1, 0, 'F')?.children).toBe('.F.');
  });

  test('a block opened again begins its next life, also when its closing was not recorded', () => {
    expect(reopenChild({ children: 'DF', lives: '' }, 1, 0)).toEqual({ children: 'D.', lives: '01' });
    expect(reopenChild({ children: 'D.', lives: '' }, 1, 0)).toEqual({ children: 'D.', lives: '01' });
    expect(reopenChild({ children: 'DF', lives: '0z' }, 1, 71)).toEqual({ children: 'D.', lives: '00' });
  });

  test('a block is opened once from each life, and stays closed when it was closed in the next', () => {
    expect(reopenChild({ children: 'D.', lives: '01' }, 1, 0)).toBeUndefined();
    expect(reopenChild({ children: 'DF', lives: '01' }, 1, 0)).toBeUndefined();
  });

  test('a node opened again in the one above keeps its life; an open one stays as it is', () => {
    expect(reopenNode({ children: 'DF', lives: '' }, 1)).toEqual({ children: 'D.', lives: '' });
    expect(reopenNode({ children: 'D.', lives: '' }, 1)).toBeUndefined();
  });

  test('a closing of another life is ignored; lives count modulo 36', () => {
    const node = { children: '..', lives: '02' };
    expect([0, 1, 3, 37].map(life => closeChild(node, 1, life, 'D'))).toEqual(
      [1, 2, 3, 4].map(() => undefined),
    );
    expect([2, 38].map(life => closeChild(node, 1, life, 'D')?.children)).toEqual(['.D', '.D']);
  });

  test('a life is read back from each of its digits', () => {
    let node = newNode(2);
    for (let life = 0; life < 40; life += 1) {
      expect(lifeOf(node, 1)).toBe(life % 36);
      const closed = closeChild(node, 1, life, 'D') ?? node;
      node = reopenChild(closed, 1, life) ?? node;
    }
    expect(lifeOf(node, 0)).toBe(0);
  });
});

describe('the levels of a tree', () => {
  test.each([
    [1, [1]],
    [64, [1]],
    [65, [2, 1]],
    [4096, [64, 1]],
    [4097, [65, 2, 1]],
    [39_063, [611, 10, 1]],
  ])('of %i blocks are %j', (blocks, levels) => {
    expect(closingLevels(blocks)).toEqual(levels);
  });

  test('lead from any number of blocks to one root, no node having more than 64 children', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), files => {
        let children = Math.ceil(files / 256);
        const levels = closingLevels(children);
        expect(levels.length).toBeLessThanOrEqual(3);
        for (const nodes of levels) {
          expect(nodes * FAN_OUT).toBeGreaterThanOrEqual(children);
          expect((nodes - 1) * FAN_OUT).toBeLessThan(children);
          children = nodes;
        }
        expect(children).toBe(1);
      }),
    );
  });
});

const run = (steps: Generator<void, void>) => Array.from(steps);

describe('a whole tree', () => {
  const event = fc.record({
    block: fc.nat(7),
    what: fc.constantFrom('close', 'close', 'reopen', 'late'),
    state: fc.constantFrom<'D' | 'F'>('D', 'D', 'F'),
  });

  test('says how a project stands after any closings, restarts, and closings that come a life too late', () => {
    const sizes = fc.constantFrom(1, 3, 64, 65, 130, 4097);
    fc.assert(
      fc.property(sizes, fc.array(event, { maxLength: 60, size: 'max' }), (blocks, events) => {
        const tree = new ClosingTree(blocks);
        const ended: string[] = Array.from({ length: blocks }, () => 'D');
        for (let block = 0; block < blocks; block += 1) run(tree.close(block, 0, 'D'));
        // A few blocks in several nodes make the story.
        const actors = [0, 1, 63, 64, 65, 127, 128, blocks - 1].filter(block => block < blocks);
        const lives = new Map(actors.map(block => [block, 0]));
        for (const { block: n, what, state } of events) {
          const block = actors[n % actors.length] ?? 0;
          const life = lives.get(block) ?? 0;
          if (what === 'close' && ended[block] === '.') {
            run(tree.close(block, life, state));
            ended[block] = state;
          } else if (what === 'reopen' && ended[block] !== '.') {
            run(tree.reopen(block, life));
            lives.set(block, life + 1);
            ended[block] = '.';
          } else if (what === 'late' && life > 0) run(tree.close(block, life - 1, state));
          expect(tree.life(block)).toBe((lives.get(block) ?? 0) % 36);
          expect(tree.root()).toBe(ended.includes('.') ? '.' : ended.includes('F') ? 'F' : 'D');
        }
        for (const { children, lives } of tree.levels.flat()) {
          expect(children.length).toBeLessThanOrEqual(FAN_OUT);
          expect([0, children.length]).toContain(lives.length);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('is complete once all blocks are closed, in whatever order many callers record it, step by step', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 65, 130), fc.infiniteStream(fc.nat(99)), (blocks, turns) => {
        const tree = new ClosingTree(blocks);
        function* restarted(block: number) {
          yield* tree.close(block, 0, 'D');
          yield* tree.reopen(block, 0);
          yield* tree.close(block, 1, 'D');
        }
        const callers = Array.from({ length: blocks }, (_, block) =>
          block % 5 === 0 ? restarted(block) : tree.close(block, 0, 'D'),
        );
        while (callers.length > 0) {
          const turn = (turns.next().value ?? 0) % callers.length;
          if (callers[turn]?.next().done) callers.splice(turn, 1);
        }
        expect(tree.root()).toBe('D');
      }),
      { numRuns: 200 },
    );
  });
});
