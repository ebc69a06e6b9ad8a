import type { StoreRecords, StoreSurvey, SurvivingStores } from '../../ports/surviving-stores.js';
import { isJacoError } from '../errors.js';
import { collectStoreFindings, type StoreFindings } from './store-findings.js';

/** What the raft store of a node holds. */
export interface StoreInspection {
  readonly raftDirectory: string;
  /** What the files say of themselves. */
  readonly records: StoreRecords;
  /** Undefined for a sealed store without its keyring, and where damage leaves nothing to begin with. */
  readonly survey: StoreSurvey<StoreFindings> | undefined;
  /** What that damage is, as a sentence. */
  readonly ruin: string | undefined;
}

/**
 * Reads the store at `path` and changes nothing.
 * @throws what the port throws
 */
export async function inspectStore(
  survivors: SurvivingStores,
  path: string,
  signal: AbortSignal,
): Promise<StoreInspection> {
  const store = await survivors.open(path);
  try {
    const { raftDirectory, records } = store;
    const found = { raftDirectory, records, ruin: undefined };
    if (!store.isReadable) return { ...found, survey: undefined };
    try {
      return { ...found, survey: await store.survey(collectStoreFindings, signal) };
    } catch (error) {
      // What the files say of themselves is known all the same.
      if (!isJacoError(error, 'store_damaged')) throw error;
      return { ...found, survey: undefined, ruin: error.message };
    }
  } finally {
    await store.close();
  }
}
