/** How far the wall clock of this host (TZ, then the system's time zone) is ahead of UTC at a moment, in minutes. */
export function utcOffsetMinutes(atMs: number): number {
  // Node counts the other way: what must be added to the wall clock to get UTC.
  return -new Date(atMs).getTimezoneOffset();
}
