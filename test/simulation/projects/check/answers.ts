import { text } from '../../check/read.ts';
import type { Rule } from './rules.ts';

/** Whatever goes wrong around it, Sluice never calls a fault its own, nor a request of its own client invalid. */
export const noFaultOfOurs: Rule = function* ({ facts }) {
  const isDeleted = facts.answered.some(({ verb }) => verb === 'DELETE');
  for (const { caller, verb, ended } of facts.answered) {
    const isFault = ended.status === 500 || ended.status === 400 || (ended.status === 404 && !isDeleted);
    if (isFault) yield `${caller} was answered ${verb} ${ended.status}: ${text(ended.body, 'detail')}`;
  }
};

/** The answers to reports come in the order of the reports. */
export const answersTheirOwn: Rule = function* ({ facts }) {
  for (const { token, answer } of facts.reports)
    if (answer?.token !== undefined && answer.token !== token)
      yield `the report of ${token} was answered for ${answer.token}`;
};
