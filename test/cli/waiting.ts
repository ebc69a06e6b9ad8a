import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `holds`, looking every few milliseconds. @throws Error it did not come about in half a minute */
export async function until(holds: () => boolean): Promise<void> {
  for (let attempt = 0; !holds(); attempt++) {
    if (attempt === 6_000) throw new Error('what was waited for did not come about');
    await sleep(5);
  }
}
