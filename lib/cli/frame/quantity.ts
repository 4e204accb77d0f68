/** Writes a count with its thousands apart: `12,345`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Writes a size in decimal units, to three digits at most: `999 B`, `1.2 MB`, `34 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 'B';
  for (const larger of UNITS) {
    // 999.5 would be shown as 1000.
    if (value < 999.5) break;
    value /= 1000;
    unit = larger;
  }
  return `${unit === 'B' ? value : short(value)} ${unit}`;
}

/** Writes how many come per second: `0.4/s`, `12/s`, `3,456/s`. */
export function formatRate(perSecond: number): string {
  return `${short(perSecond)}/s`;
}

/** One decimal below ten, none above. */
function short(value: number): string {
  return value < 9.95 ? String(Math.round(value * 10) / 10) : formatCount(Math.round(value));
}
