import type { DaemonVersionSource } from '../domain/archive/daemon-version.js';
import type { Remedy } from '../domain/remedy.js';
import type { AddressSource } from '../domain/restore/address-source.js';
import type { Warning } from '../domain/warning.js';

/** What a frontend says in its own words where a document has a place for a sentence. */
export interface DocumentWords {
  /** The ways out of a failure, as one sentence; undefined where there are none. */
  nextStep(remedies: readonly Remedy[]): string | undefined;
  /** A warning as a sentence, without its full stop. */
  warning(warning: Warning): string;
  /** Where an address comes from. */
  addressSource(source: AddressSource): string;
  /** Where the version of the daemon comes from. */
  daemonVersionSource(source: DaemonVersionSource): string;
}
