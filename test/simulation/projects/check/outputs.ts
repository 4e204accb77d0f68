import { field, text } from '../../check/read.ts';
import type { Rule } from './rules.ts';

/** A file that is done has the output of the attempt that won. */
export const outputs: Rule = function* ({ plan, facts, byToken }) {
  if (!plan.outputs || plan.erratic > 0) return;
  for (const { verb, ended } of facts.answered) {
    if (verb !== 'file' || ended.status !== 200 || text(ended.body, 'state') !== 'done') continue;
    const did = text(ended.body, 'did');
    const attempt = field(ended.body, 'attempts');
    const path = text(ended.body, 'outputUrl').split('?')[0] ?? '';
    const isNamed = [...byToken.values()].some(
      one => one.did === did && path.endsWith(`/${one.attempt}`) && one.attempt === attempt,
    );
    if (!isNamed) yield `${did}: it is done by attempt ${attempt}, and its output is ${path || 'not there'}`;
  }
};
