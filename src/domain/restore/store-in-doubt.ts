import { isJacoError, JacoError, type LeftBehind } from '../errors.js';
import { advice } from '../remedy.js';
import { logStorePath } from '../values/data-directory-layout.js';
import { printable } from '../values/printable-text.js';
import { type Warning, warningOf } from '../warning.js';
import { markerFileName } from './marker.js';
import type { Undertaking } from './undertaking.js';

/**
 * The error of what moved its store into place but could not make that durable: neither done nor undone. Only
 * what the disk has kept decides, and only after a new mount. `standsAt`: where the store is now.
 */
export function storeInDoubt(
  dataDirectory: string,
  standsAt: string,
  failure: unknown,
  { verb, noun, participle }: Undertaking,
): unknown {
  if (!isJacoError(failure)) return failure;
  const directory = printable(dataDirectory, 4096);
  return new JacoError(
    'restore_in_doubt',
    `${failure.message} The ${participle} store stands complete in ${printable(standsAt, 4096)}, with its marker ${directory}/${markerFileName} and whatever identity was made, but a power cut may undo its last rename.`,
    {
      remedies: [
        advice(
          `Check the disk, then mount it anew or restart the host. If ${directory}/${logStorePath} is there afterwards, the ${noun} is done: start the daemon. If it is not, ${verb} again.`,
        ),
      ],
      details: { ...failure.details, path: standsAt },
      cause: failure,
    },
  );
}

/** Warns about the record that was kept to undo the identity: it has no meaning once the store is in place. */
export function warnOfRecord({ path, reason }: LeftBehind): Warning {
  return warningOf(`${printable(path, 4096)} was left behind, which does no harm: ${reason} Remove it.`);
}
