import { isJacoError, JacoError, type LeftBehind } from '../errors.js';
import { advice } from '../remedy.js';
import { logStorePath } from '../values/data-directory-layout.js';
import { printable } from '../values/printable-text.js';
import { type Warning, warningOf } from '../warning.js';
import { markerFileName } from './marker.js';

/**
 * What a restore throws whose store was moved into its place and may not stay there: neither done nor undone. Only a look at what the
 * disk has kept can tell, and only after a new mount. `standsAt`: where the store is now.
 */
export function storeInDoubt(dataDirectory: string, standsAt: string, failure: unknown): unknown {
  if (!isJacoError(failure)) return failure;
  const directory = printable(dataDirectory, 4096);
  return new JacoError(
    'restore_in_doubt',
    `${failure.message} The restored store stands complete in ${printable(standsAt, 4096)}, with its marker ${directory}/${markerFileName} and whatever identity was made, but a power cut may undo its last rename.`,
    {
      remedies: [
        advice(
          `Check the disk, then mount it anew or restart the host. If ${directory}/${logStorePath} is there afterwards, the restore is done: start the daemon. If it is not, restore again.`,
        ),
      ],
      details: { ...failure.details, path: standsAt },
      cause: failure,
    },
  );
}

/** Of the record by which the identity could have been taken back: nobody reads it once the store is in its place. */
export function warnOfRecord({ path, reason }: LeftBehind): Warning {
  return warningOf(`${printable(path, 4096)} was left behind, which does no harm: ${reason} Remove it.`);
}
