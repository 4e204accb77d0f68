const MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

const NUMBER = String.raw`(\d+(?:\.\d+)?)`;
const BARE = new RegExp(`^${NUMBER}$`);
const PARTS = new RegExp(`^(?:${NUMBER}d)?(?:${NUMBER}h)?(?:${NUMBER}m)?(?:${NUMBER}s)?$`);

/**
 * Reads `30s`, `10m`, `12h`, `2d`, `1h30m` or a bare number of seconds; fractions are kept to the millisecond.
 * Returns seconds, or undefined where the text is not a duration.
 */
export function parseDuration(text: string): number | undefined {
  const [, days, hours, minutes, seconds] = PARTS.exec(BARE.test(text) ? `${text}s` : text) ?? [];
  if (!days && !hours && !minutes && !seconds) return undefined;
  const ms = Math.round(
    Number(days ?? 0) * MS.d +
      Number(hours ?? 0) * MS.h +
      Number(minutes ?? 0) * MS.m +
      Number(seconds ?? 0) * MS.s,
  );
  return Number.isSafeInteger(ms) ? ms / 1000 : undefined;
}

/** Writes seconds as `parseDuration` reads them, to the millisecond: `1h30m`, `0.5s`, `0s`. */
export function formatDuration(seconds: number): string {
  return parts(Math.round(seconds * 1000)).join('') || '0s';
}

/** Writes seconds as people say them, to the second and in at most two units: `2d3h`, `4m10s`. */
export function formatRoughly(seconds: number): string {
  return (
    parts(Math.round(seconds) * 1000)
      .slice(0, 2)
      .join('') || '0s'
  );
}

function parts(totalMs: number): string[] {
  const days = Math.floor(totalMs / MS.d);
  const hours = Math.floor((totalMs % MS.d) / MS.h);
  const minutes = Math.floor((totalMs % MS.h) / MS.m);
  const seconds = (totalMs % MS.m) / MS.s;
  return [
    days > 0 ? `${days}d` : '',
    hours > 0 ? `${hours}h` : '',
    minutes > 0 ? `${minutes}m` : '',
    seconds > 0 ? `${seconds}s` : '',
  ].filter(part => part !== '');
}
