import type { ReencryptionOutcome } from '../domain/archive/reencrypt-backup.js';
import { locationWord } from '../domain/values/archive-location.js';
import { type DocumentedFacts, documentedFacts } from './documented-facts.js';

/** A backup that was re-encrypted, for a program. */
export interface ReencryptionDocument extends DocumentedFacts {
  readonly archive: string;
  readonly size_bytes: number;
  /** What it was made of. */
  readonly from: 'plain' | 'sealed';
  /** The id of the key that seals it now. */
  readonly key_id: string;
}

/** A backup that was re-encrypted, as data for a program. */
export function reencryptionDocument({
  location,
  sizeBytes,
  facts,
  from,
  keyId,
}: ReencryptionOutcome): ReencryptionDocument {
  return { archive: locationWord(location), size_bytes: sizeBytes, from, key_id: keyId, ...documentedFacts(facts) };
}
