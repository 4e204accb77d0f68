import { expect, test } from 'vitest';
import type { Event, JsonObject, Outbound } from '../../lib/dispatch/ports.ts';

export interface OutboundUnderTest {
  readonly outbound: Outbound;
  /** Where something can be sent. */
  readonly address: string;
  /** Keeps order within a subject, and drops what comes again soon. */
  readonly isFifo: boolean;
  /** Takes what has arrived, at least so many messages of this subject, in the order in which it came. */
  readonly arrived: (subject: string, count: number) => Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** What every adapter of `Outbound` must do. */
export function outboundConformance(open: () => Promise<OutboundUnderTest>): void {
  const newEvent = (subject: string, number: number, more: JsonObject = {}): Event => {
    const id = `${subject}.${number}.completed`;
    const at = 1_795_000_000_000 + number;
    return {
      ...{ id, type: 'task.completed', subject, at, owner: 'ann' },
      message: { id, task: subject, at, ...more },
    };
  };
  const newSubject = () => `q@home-${Math.ceil(Math.random() * 1e9)}`;

  test('what is sent arrives as it is', async () => {
    const { outbound, address, arrived } = await open();
    const subject = newSubject();
    const event = newEvent(subject, 1, { result: { text: 'Grüße 🚰', list: [1, null, { deep: true }] } });
    await outbound.send(address, event);
    expect(await arrived(subject, 1)).toEqual([event.message]);
  });

  test('a message with the largest result and the largest error arrives whole', async () => {
    const { outbound, address, arrived } = await open();
    const subject = newSubject();
    const event = newEvent(subject, 1, {
      result: { text: 'x'.repeat(65_000) },
      error: { message: 'y'.repeat(4_096), stack: 'z'.repeat(16_384) },
    });
    await outbound.send(address, event);
    expect(await arrived(subject, 1)).toEqual([event.message]);
  });

  test('what is sent twice has the same id; an address that keeps order drops it, and keeps the order', async () => {
    const { outbound, address, arrived, isFifo } = await open();
    const subject = newSubject();
    const sent = [1, 2, 2, 3].map(number => newEvent(subject, number));
    for (const event of sent) await outbound.send(address, event);
    const ids = (await arrived(subject, isFifo ? 3 : 4)).map(({ id }) => id);
    const expected = [...new Set(sent.map(({ id }) => id))];
    if (isFifo) expect(ids).toEqual(expected);
    else expect([...new Set(ids)].sort()).toEqual(expected);
  });
}
