import { describe, expect, test } from 'vitest';
import { ALL_FAULTS, type Fault } from './faults.ts';
import { planOf } from './plan.ts';
import { runRange } from './range.ts';
import { runPlan } from './run.ts';

const SEEDS = 60;

describe('the simulation', () => {
  test('breaks no promise in its first seeds', async () => {
    const tally = await runRange({ first: 1, seeds: SEEDS, mostFailures: 3 });
    expect(tally.failures).toEqual([]);
  });

  test.each([3, 14, 15, 92, 65])('comes to the same, byte for byte, from the same seed (%i)', async seed => {
    const [one, other] = [
      await runPlan(planOf(seed), { isWritten: true }),
      await runPlan(planOf(seed), { isWritten: true }),
    ];
    expect(one.lines.length).toBeGreaterThan(10);
    expect(other.lines).toEqual(one.lines);
    expect(other.hash).toBe(one.hash);
  });

  test.each(['project', 'tasks'] as const)(
    'work costs with faults at most twice what it costs without (%s)',
    async kind => {
      const plans = Array.from({ length: SEEDS }, (_, index) => planOf(index + 1, kind));
      let [withFaults, without] = [0, 0];
      for (const plan of plans.filter(({ faults }) => faults.length > 0)) {
        withFaults += (await runPlan(plan)).portCalls;
        without += (await runPlan({ ...plan, faults: [] })).portCalls;
      }
      expect(without).toBeGreaterThan(1_000);
      expect(withFaults / without).toBeLessThan(2);
    },
  );

  test('injects every fault it knows', async () => {
    const left = new Set(ALL_FAULTS);
    for (let seed = 1; left.size > 0 && seed < 200; seed += 1) {
      // Some befall only a process that dies.
      const faults: Fault[] = [...left, 'killed'];
      const storm = { faults, intensity: 3, outputs: true, replies: true, stormSeconds: 180 };
      const plan = { ...planOf(seed), ...storm };
      for (const fault of (await runPlan(plan)).injected) left.delete(fault);
    }
    expect([...left]).toEqual([]);
  });
});
