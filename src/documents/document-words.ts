import type { DaemonVersionSource } from '../domain/archive/daemon-version.js';
import type { Remedy } from '../domain/remedy.js';
import type { AddressSource } from '../domain/restore/address-source.js';
import type { Warning } from '../domain/warning.js';

/** A frontend's own words for the sentences in documents. */
export interface DocumentWords {
  /** The ways out of a failure, as one sentence; undefined if there are no remedies. */
  nextStep(remedies: readonly Remedy[]): string | undefined;
  /** A warning as a sentence, without its full stop. */
  warning(warning: Warning): string;
  /** The origin of an address. */
  addressSource(source: AddressSource): string;
  /** The origin of the daemon's version. */
  daemonVersionSource(source: DaemonVersionSource): string;
}
