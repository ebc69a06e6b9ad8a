/** What puts a store into a data directory, in the words of its errors. */
export interface Undertaking {
  /** "cannot restore into …". */
  readonly verb: 'restore' | 'recover';
  /** "the restore is done". */
  readonly noun: 'restore' | 'recovery';
  /** "the restored store". */
  readonly participle: 'restored' | 'recovered';
}

/** From a backup. */
export const restoring: Undertaking = { verb: 'restore', noun: 'restore', participle: 'restored' };

/** From what a node has left on its disk. */
export const recovering: Undertaking = { verb: 'recover', noun: 'recovery', participle: 'recovered' };
