/** How far this host's local time (TZ, then the system's time zone) is ahead of UTC at a moment, in minutes. */
export function utcOffsetMinutes(atMs: number): number {
  // Node counts the other way: what must be added to local time to get UTC.
  return -new Date(atMs).getTimezoneOffset();
}
