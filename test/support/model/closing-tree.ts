import {
  type ChildState,
  type ClosingNode,
  closeChild,
  closingLevels,
  FAN_OUT,
  lifeOf,
  newNode,
  nodeState,
  reopenChild,
  reopenNode,
} from '../../../lib/domain/closing.ts';

/**
 * The nodes of a project's closings, in memory. Recording goes up the tree one node at a time, and rests after each:
 * a caller can let others go first there, or never come back, as a process that crashes does.
 */
export class ClosingTree {
  readonly levels: ClosingNode[][];

  constructor(blocks: number) {
    const levels = closingLevels(blocks);
    this.levels = levels.map((nodes, level) => {
      const children = level === 0 ? blocks : (levels[level - 1] ?? 0);
      return Array.from({ length: nodes }, (_, n) => newNode(Math.min(FAN_OUT, children - n * FAN_OUT)));
    });
  }

  root(): ChildState {
    return nodeState(this.node(this.levels.length - 1, 0));
  }

  life(block: number): number {
    return lifeOf(this.node(0, Math.floor(block / FAN_OUT)), block % FAN_OUT);
  }

  /** Records that a block closed in its life; goes on upwards while nodes have all their children closed. */
  *close(block: number, life: number, state: 'D' | 'F'): Generator<void, void> {
    let child = block;
    let closed = state;
    for (const level of this.levels.keys()) {
      const node = this.change(level, child, (node, n) =>
        closeChild(node, n, level === 0 ? life : lifeOf(node, n), closed),
      );
      yield;
      const now = nodeState(node);
      if (now === '.') return;
      closed = now;
      child = Math.floor(child / FAN_OUT);
    }
  }

  /** Records that a block is about to be opened again, in the life after this one. */
  *reopen(block: number, life: number): Generator<void, void> {
    let child = block;
    for (const level of this.levels.keys()) {
      const node = this.change(level, child, (node, n) =>
        level === 0 ? reopenChild(node, n, life) : reopenNode(node, n),
      );
      yield;
      if (level === 0 && node.children[child % FAN_OUT] !== '.') return;
      child = Math.floor(child / FAN_OUT);
    }
  }

  private change(
    level: number,
    child: number,
    rule: (node: ClosingNode, child: number) => ClosingNode | undefined,
  ): ClosingNode {
    const number = Math.floor(child / FAN_OUT);
    const node = this.node(level, number);
    const next = rule(node, child % FAN_OUT) ?? node;
    this.levels[level]?.splice(number, 1, next);
    return next;
  }

  private node(level: number, number: number): ClosingNode {
    const node = this.levels[level]?.[number];
    if (!node) throw new Error(`there is no node ${number} at level ${level}`);
    return node;
  }
}
