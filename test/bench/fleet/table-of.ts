import { dollarsOf } from './meter.ts';
import type { Outcome } from './simulate.ts';

/** The outcomes side by side, as a table of Markdown. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = Object.entries(FIGURES).map(([name, figure]) => [name, ...outcomes.map(figure)]);
  const [head = [], ...rest] = rows;
  const lines = [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rest];
  return lines.map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

const whole = (number: number) => Math.round(number).toLocaleString('en-GB');
const hours = (seconds: number) => `${(seconds / 3600).toFixed(2)} h`;
const dollars = (amount: number) => `$${amount.toFixed(2)}`;
const sum = ({ dynamodb, sqs, s3, lambda }: ReturnType<typeof dollarsOf>) => dynamodb + sqs + s3 + lambda;

/** When so many of the files were done, by the next sample. */
function secondsUntil({ scenario, samples, makespanSeconds }: Outcome, share: number): number {
  return samples.find(({ done }) => done >= share * scenario.files)?.seconds ?? makespanSeconds;
}

const FIGURES: Record<string, (outcome: Outcome) => string> = {
  'files a call': ({ scenario }) => whole(scenario.perCall),
  'files, workers': ({ scenario }) => `${whole(scenario.files)}, ${whole(scenario.workers)}`,
  'ends as': ({ state }) => state,
  'loading takes': ({ loadSeconds }) => `${whole(loadSeconds)} s`,
  'loading costs': ({ load }) => dollars(sum(dollarsOf(load))),
  'from the first worker to the end': ({ makespanSeconds }) => hours(makespanSeconds),
  'the same, if only files took time': ({ idealSeconds }) => hours(idealSeconds),
  'until 99 % of the files are done': outcome => hours(secondsUntil(outcome, 0.99)),
  'workers that died': ({ deaths }) => whole(deaths),
  'calls of functions': ({ run }) => whole(run.invocations),
  'answers `wait`': ({ run }) => whole(run.waits),
  'most functions running at once (limit 1,000)': ({ run }) => whole(run.mostRunning),
  'refused by that limit': ({ run }) => whole(run.refused),
  'lost conditional writes': ({ run }) => whole(run.conflicts),
  'most tickets in flight (limit 120,000)': ({ run }) => whole(run.mostInFlight),
  'most write units a second of a partition (limit 1,000)': ({ run }) => whole(run.mostInPartition),
  'the same while loading': ({ load }) => whole(load.mostInPartition),
  'most write units a second of the table (4,000 when new)': ({ run }) => whole(run.mostInTable),
  'reads and writes put off': ({ run }) => whole(run.throttled),
  'the run costs: DynamoDB': ({ run }) => dollars(dollarsOf(run).dynamodb),
  SQS: ({ run }) => dollars(dollarsOf(run).sqs),
  S3: ({ run }) => dollars(dollarsOf(run).s3),
  Lambda: ({ run }) => dollars(dollarsOf(run).lambda),
};
