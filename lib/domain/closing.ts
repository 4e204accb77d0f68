/**
 * Which blocks of a project are closed: a tree whose nodes hold one character a child, so that a block's end
 * costs one small write however large the project is, and the root says when all have ended.
 *
 *     .  open      D  closed, every file done      F  closed, with failures
 *
 * Each block also has a life: how often it was reopened by a restart. A closing that comes late, from an earlier
 * life, is thereby recognised and ignored, and so is a second opening of the same life.
 */
export interface ClosingNode {
  readonly children: string;
  /** One base-36 digit a block: its life, modulo 36; '' = all in their first life. Empty above the blocks. */
  readonly lives: string;
}

export type ChildState = '.' | 'D' | 'F';

/** Children of one node. */
export const FAN_OUT = 64;

/** Number of nodes at each level above `blocks` blocks, the lowest level first; the last level is the root. */
export function closingLevels(blocks: number): number[] {
  const levels: number[] = [];
  let nodes = blocks;
  do {
    nodes = Math.ceil(nodes / FAN_OUT);
    levels.push(nodes);
  } while (nodes > 1);
  return levels;
}

/** A node none of whose children has ended. */
export function newNode(children: number): ClosingNode {
  return { children: '.'.repeat(children), lives: '' };
}

export function lifeOf(node: ClosingNode, child: number): number {
  return Number.parseInt(node.lives[child] ?? '0', 36);
}

/** How a node stands: open while a child is, else as its worst child ended. */
export function nodeState(node: ClosingNode): ChildState {
  if (node.children.includes('.')) return '.';
  return node.children.includes('F') ? 'F' : 'D';
}

/** Marks a child as ended; undefined when that changes nothing, because it is so already or is a former life's. */
export function closeChild(
  node: ClosingNode,
  child: number,
  life: number,
  state: 'D' | 'F',
): ClosingNode | undefined {
  if (lifeOf(node, child) !== life % 36 || node.children[child] === state) return undefined;
  return { ...node, children: replaceAt(node.children, child, state) };
}

/**
 * Marks a block as open again, in the life after `life`; undefined when it is in that one, or a later one, already.
 * An open block too begins its next life: the closing of its former one may not have been recorded yet.
 */
export function reopenChild(node: ClosingNode, child: number, life: number): ClosingNode | undefined {
  if (lifeOf(node, child) !== life % 36) return undefined;
  const lives = node.lives === '' ? '0'.repeat(node.children.length) : node.lives;
  const next = ((lifeOf(node, child) + 1) % 36).toString(36);
  return { children: replaceAt(node.children, child, '.'), lives: replaceAt(lives, child, next) };
}

/** Marks a node as open again in the one above it, where lives do not count; an open one stays as it is. */
export function reopenNode(node: ClosingNode, child: number): ClosingNode | undefined {
  if (node.children[child] === '.') return undefined;
  return { ...node, children: replaceAt(node.children, child, '.') };
}

function replaceAt(text: string, index: number, character: string): string {
  return text.slice(0, index) + character + text.slice(index + 1);
}
