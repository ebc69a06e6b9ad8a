import { JacoError } from '../errors.js';
import type { SnapshotContent } from '../state/snapshot-content.js';
import { type ClosedSchema, type ReadableSchema, requireRestorable } from './archive-schema.js';
import { chooseDaemonVersion, type DaemonVersion, type Fit, judgeVersions } from './daemon-version.js';
import { acceptSnapshot } from './snapshot-acceptance.js';

/** Whether a restore would accept an archive that was read to its end and is undamaged. */
export type RestoreVerdict =
  | { readonly kind: 'accepted'; readonly daemonVersion: DaemonVersion; readonly compatibility: Fit }
  | {
      readonly kind: 'refused';
      readonly daemonVersion: DaemonVersion;
      /** `version_incompatible` only when there is no other reason. */
      readonly refusal: JacoError;
    };

/** The state of an archive that was read to its end and is undamaged. */
export type PassedState =
  | { readonly kind: 'read'; readonly schema: ReadableSchema; readonly content: SnapshotContent }
  /** It was not read. */
  | { readonly kind: 'closed'; readonly schema: ClosedSchema };

/** Makes every check of a restore that does not concern the host. */
export function judgeRestore(state: PassedState, askedDaemonVersion: string | undefined): RestoreVerdict {
  const daemonVersion = chooseDaemonVersion(askedDaemonVersion, undefined);
  if (state.kind === 'closed') return { kind: 'refused', daemonVersion, refusal: state.schema.refusal() };
  try {
    const facts = requireRestorable(state.schema);
    acceptSnapshot(state.content, facts);
    return { kind: 'accepted', daemonVersion, compatibility: judgeVersions(facts, daemonVersion) };
  } catch (error) {
    if (!(error instanceof JacoError)) throw error;
    return { kind: 'refused', daemonVersion, refusal: error };
  }
}
