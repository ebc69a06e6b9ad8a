import type { MarkerWriter } from '../../ports/marker-writer.js';
import type { NodeIdentityRequest, NodeIdentityWriter, StagedNodeIdentity } from '../../ports/node-identity-writer.js';
import type { CommitOutcome, StagedRaftStore } from '../../ports/raft-store-initializer.js';
import { stopIfInterrupted } from '../errors.js';
import { type Warning, warningOf } from '../warning.js';
import type { RestoreMarker } from './marker.js';
import { storeInDoubt, warnOfRecord } from './store-in-doubt.js';
import type { Undertaking } from './undertaking.js';
import { undoAll } from './undo-all.js';

/** The ports that put a staged store into place, with marker and identity. */
export interface InstallationPorts {
  readonly marker: MarkerWriter;
  readonly identity: NodeIdentityWriter;
}

/** What comes with a store, and for what. */
export interface Installation {
  readonly request: NodeIdentityRequest;
  readonly marker: RestoreMarker;
  readonly undertaking: Undertaking;
}

/** What is in the data directory besides the store. */
export interface InstalledStore {
  /** Files of the node's identity that were made, as paths inside the data directory. */
  readonly identityFiles: readonly string[];
  /** What the operator should know of the identity. */
  readonly warnings: readonly Warning[];
  /** What is left of the record that was kept to undo the identity. */
  readonly leftRecord: readonly Warning[];
}

/**
 * Puts a staged store into place: identity, marker, then the one rename. A failure before the rename undoes everything,
 * including the staged store; after it nothing is undone.
 * @throws restore_in_doubt  the store is in place, but a power cut may undo that
 * @throws what the ports throw
 */
export async function installStore(
  ports: InstallationPorts,
  staged: StagedRaftStore,
  { request, marker, undertaking }: Installation,
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
    // A store that appeared meanwhile belongs to another process, and so may the marker. Ours is removed in any case,
    // since this process holds the lock and wrote last.
    undo.unshift(() => ports.marker.withdraw(dataDirectory));
    await waiting.install();
    stopIfInterrupted(signal);
    committed = await staged.commit();
  } catch (error) {
    throw await undoAll(error, undo);
  }
  // From here on nothing is undone: a store that is in place, or may be after a power cut, needs all of it.
  if (committed.kind === 'in-doubt')
    throw storeInDoubt(dataDirectory, committed.standsAt, committed.failure, undertaking);
  return {
    identityFiles: identity.files,
    warnings: identity.warnings.map((sentence) => warningOf(sentence)),
    leftRecord: (await identity.finish()).map(warnOfRecord),
  };
}
