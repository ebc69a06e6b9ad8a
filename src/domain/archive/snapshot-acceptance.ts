import { JacoError } from '../errors.js';
import { advice } from '../remedy.js';
import { type SnapshotContent, type SnapshotVisitor, sightless, walkSnapshot } from '../state/snapshot-content.js';
import { kindPosition, stateKinds } from '../state/state-kinds.js';
import { printable } from '../values/printable-text.js';
import { plainSchema, type SnapshotFacts } from './snapshot-metadata.js';

/**
 * Refuses a state that the daemon could not load, or that belongs to a different cluster than the metadata say.
 * @throws snapshot_rejected
 */
export function acceptSnapshot(content: SnapshotContent, metadata: Pick<SnapshotFacts, 'clusterId'>): void {
  if (content.kind === 'malformed') {
    throw rejected(`snapshot.bin is not a well-formed state: at byte ${content.atByte}, ${content.reason}.`);
  }
  if (content.clusterId === undefined || content.clusterId === '') {
    throw rejected('snapshot.bin names no cluster, so it is not the state of an initialized cluster.');
  }
  if (content.clusterId !== metadata.clusterId) {
    throw rejected(
      `snapshot.bin is of cluster ${printable(content.clusterId, 80)}, but meta.json says ${printable(metadata.clusterId, 80)}: the two do not belong together.`,
    );
  }
}

/**
 * Passes on the bytes of a state, shows its records to `visitor` and checks them in transit; the iteration ends only
 * when the state is acceptable.
 * @throws snapshot_rejected  instead of ending
 */
export async function* acceptWhilePassing(
  state: AsyncIterable<Uint8Array>,
  metadata: Pick<SnapshotFacts, 'clusterId'>,
  visitor?: SnapshotVisitor,
): AsyncGenerator<Uint8Array, void, undefined> {
  const walk = walkSnapshot(visitor);
  for await (const bytes of state) {
    walk.feed(bytes);
    yield bytes;
  }
  acceptSnapshot(walk.finish(), metadata);
}

/**
 * Shows records to `visitor`, and refuses, as the daemon's own program does before it seals a plain state, to vouch for
 * what this version does not know: it throws snapshot_rejected.
 */
export function refusingUnknown(visitor: SnapshotVisitor = sightless): SnapshotVisitor {
  return {
    ...visitor,
    visit(field, encodedBytes, content) {
      if (kindPosition(field) === stateKinds.length - 1) {
        throw new JacoError(
          'snapshot_rejected',
          `the state has a field ${field}, which no daemon that writes schema ${plainSchema} knows: a plain archive with it is not sealed.`,
          { remedies: [advice('Take the backup again from the daemon that sealed its state.')] },
        );
      }
      visitor.visit(field, encodedBytes, content);
    },
  };
}

function rejected(sentence: string): JacoError {
  return new JacoError('snapshot_rejected', sentence, { remedies: [advice('Use another archive.')] });
}
