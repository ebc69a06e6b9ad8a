const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Reads a duration such as "5m", "90s", "1h30m" or "7d" as whole milliseconds, at least one; undefined if it is not a
 * duration, or is zero.
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:[0-9]+(?:\.[0-9]+)?(?:ms|[smhdw]))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9.]+)(ms|[smhdw])/g)) {
    totalMs += Number(amount) * (unitsMs[unit as string] as number);
  }
  if (totalMs === 0) return undefined;
  // Rounded, since 1.1 * 3600000 is slightly too large.
  const wholeMs = Math.max(1, Math.round(totalMs));
  return Number.isSafeInteger(wholeMs) ? wholeMs : undefined;
}

/** Writes a duration for people, with its two largest units: "3d 4h", "5m 10s", "0s". Drops smaller units. */
export function formatDuration(durationMs: number): string {
  let rest = Math.floor(Math.abs(durationMs) / 1_000) * 1_000;
  const parts: string[] = [];
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const unitMs = unitsMs[unit] as number;
    const amount = Math.floor(rest / unitMs);
    rest -= amount * unitMs;
    if (amount > 0 || parts.length > 0) parts.push(`${amount}${unit}`);
  }
  if (parts.length === 0) return '0s';
  return parts
    .slice(0, 2)
    .filter((part) => !part.startsWith('0'))
    .join(' ');
}
