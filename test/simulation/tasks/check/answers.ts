import { text } from '../../check/read.ts';
import type { Rule } from './rules.ts';

/** Whatever goes wrong around it, Sluice never calls a fault its own, nor a request of its own client invalid. */
export const noFaultOfOurs: Rule = function* ({ facts, done }) {
  for (const { caller, verb, about, input, ended } of facts.answered) {
    const isGone = ended.status === 404 && text(ended.body, 'code') === 'task_unknown';
    const task = about ?? text(input, 'parent');
    if (isGone && (task === '' || done('DELETE', task, 0, ended.order))) continue;
    if (ended.status === 500 || ended.status === 400 || ended.status === 404)
      yield `${caller} was answered ${verb} ${ended.status}: ${text(ended.body, 'detail')}`;
  }
};
