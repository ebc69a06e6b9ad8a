import { JacoError } from '../errors.js';
import type { SnapshotContent } from '../state/snapshot-content.js';
import { chooseDaemonVersion, type DaemonVersion, type Fit, judgeVersions } from './daemon-version.js';
import { acceptSnapshot } from './snapshot-acceptance.js';
import {
  checkMetadata,
  requireRestorableSchema,
  requireRoomBehind,
  type SnapshotMetadata,
} from './snapshot-metadata.js';

/** Whether a restore would take an archive that was read to its end and found undamaged. */
export type RestoreVerdict =
  | { readonly kind: 'accepted'; readonly daemonVersion: DaemonVersion; readonly compatibility: Fit }
  | {
      readonly kind: 'refused';
      readonly daemonVersion: DaemonVersion;
      /** `version_incompatible` only when nothing else stands against it. */
      readonly refusal: JacoError;
    };

/**
 * Asks everything of an archive that a restore asks, but for what concerns the host. `content` is undefined where the
 * schema is one whose state cannot be read.
 */
export function judgeRestore(
  metadata: SnapshotMetadata,
  content: SnapshotContent | undefined,
  askedDaemonVersion: string | undefined,
): RestoreVerdict {
  const daemonVersion = chooseDaemonVersion(askedDaemonVersion, undefined);
  try {
    requireRestorableSchema(metadata);
    checkMetadata(metadata);
    requireRoomBehind(metadata);
    if (content !== undefined) acceptSnapshot(content, metadata);
    return { kind: 'accepted', daemonVersion, compatibility: judgeVersions(metadata, daemonVersion) };
  } catch (error) {
    if (!(error instanceof JacoError)) throw error;
    return { kind: 'refused', daemonVersion, refusal: error };
  }
}
