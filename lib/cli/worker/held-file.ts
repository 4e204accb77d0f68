import type { Reservation } from '../../contract/work.ts';

/** A file that a worker holds, as scripts read it; `url` is that of the nearest replica, null where there is none. */
export function heldFile(reservation: Reservation, worker: string) {
  return { ...reservation, url: reservation.replicas[0]?.url ?? null, worker };
}
