import { text } from './read.ts';
import type { Rule } from './rules.ts';

/** Whatever goes wrong around it, Sluice never calls a fault its own, nor a request of its own client invalid. */
export const noFaultOfOurs: Rule = function* ({ facts }) {
  for (const { caller, verb, ended } of facts.answered)
    if (ended.status === 500 || ended.status === 400 || ended.status === 404)
      yield `${caller} was answered ${verb} ${ended.status}: ${text(ended.body, 'detail')}`;
};
