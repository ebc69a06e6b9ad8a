import type { MarkerWriter } from '../../ports/marker-writer.js';
import type { NodeIdentityRequest, NodeIdentityWriter, StagedNodeIdentity } from '../../ports/node-identity-writer.js';
import type { CommitOutcome, StagedRaftStore } from '../../ports/raft-store-initializer.js';
import { stopIfInterrupted } from '../errors.js';
import { type Warning, warningOf } from '../warning.js';
import type { RestoreMarker } from './marker.js';
import { storeInDoubt, warnOfRecord } from './store-in-doubt.js';
import { undoAll } from './undo-all.js';

/** What puts a staged store into its place with what belongs beside it. */
export interface InstallationPorts {
  readonly marker: MarkerWriter;
  readonly identity: NodeIdentityWriter;
}

/** What stands in the data directory beside the store. */
export interface InstalledStore {
  /** Files of the node's identity that were made, as paths inside the data directory. */
  readonly identityFiles: readonly string[];
  /** What the operator should know of the identity. */
  readonly warnings: readonly Warning[];
  /** What is left of the record by which the identity could have been taken back. */
  readonly leftRecord: readonly Warning[];
}

/**
 * Makes a staged store the data directory's own: identity, marker, then the one rename. Whatever fails before that is
 * taken back, the staged store included; after it nothing is.
 * @throws restore_in_doubt  the store is in its place, and nobody knows whether it stays there
 * @throws what the ports throw
 */
export async function installStore(
  ports: InstallationPorts,
  staged: StagedRaftStore,
  request: NodeIdentityRequest,
  marker: RestoreMarker,
  signal: AbortSignal,
): Promise<InstalledStore> {
  const { dataDirectory, owner } = request;
  const undo = [() => staged.discard()];
  let identity: StagedNodeIdentity;
  let committed: CommitOutcome;
  try {
    const waiting = await ports.identity.stage(request);
    identity = waiting;
    undo.unshift(() => waiting.withdraw());
    stopIfInterrupted(signal);
    await ports.marker.write(dataDirectory, marker, owner);
    // A store that appeared meanwhile is another's, and then so may the marker be; ours is taken back in any case,
    // since this process holds the lock and wrote last.
    undo.unshift(() => ports.marker.withdraw(dataDirectory));
    await waiting.install();
    stopIfInterrupted(signal);
    committed = await staged.commit();
  } catch (error) {
    throw await undoAll(error, undo);
  }
  // From here on nothing is taken back: a store that is in its place, or may be after a power cut, needs all of it.
  if (committed.kind === 'in-doubt') throw storeInDoubt(dataDirectory, committed.standsAt, committed.failure);
  return {
    identityFiles: identity.files,
    warnings: identity.warnings.map((sentence) => warningOf(sentence)),
    leftRecord: (await identity.finish()).map(warnOfRecord),
  };
}
