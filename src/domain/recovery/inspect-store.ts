import type { StoreRecords, StoreSurvey, SurvivingStores } from '../../ports/surviving-stores.js';
import { collectStoreFindings, type StoreFindings } from './store-findings.js';

/** What the raft store of a node holds. */
export interface StoreInspection {
  readonly raftDirectory: string;
  /** What the files say of themselves. */
  readonly records: StoreRecords;
  /** Undefined for a sealed store without its keyring. */
  readonly survey: StoreSurvey<StoreFindings> | undefined;
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
    const survey = store.isReadable ? await store.survey(collectStoreFindings, signal) : undefined;
    return { raftDirectory, records, survey };
  } finally {
    await store.close();
  }
}
