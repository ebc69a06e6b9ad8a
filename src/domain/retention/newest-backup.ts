import { JacoError } from '../errors.js';
import { advice, checkParameters, giveParameter } from '../remedy.js';
import { type ArchiveLocation, locationName } from '../values/archive-location.js';
import { printable } from '../values/printable-text.js';
import type { CataloguedBackup } from './judge-backup.js';
import { clockToleranceMs } from './retention.js';

/** Which backup of a place is meant. */
export interface NewestRequest {
  /** Names the place in errors. */
  readonly place: ArchiveLocation;
  /** The only cluster that counts; undefined: the one cluster of which there are backups. */
  readonly expectedCluster: string | undefined;
  readonly nowMs: number;
}

/**
 * The newest backup by the clock of its daemon. One that is dated in the future counts for nothing, as for retention.
 * @throws archive_unreadable  there is none
 * @throws request_invalid     there are backups of several clusters, and none of them is expected
 */
export function newestBackup(
  backups: readonly CataloguedBackup[],
  { place, expectedCluster, nowMs }: NewestRequest,
): CataloguedBackup {
  const candidates = backups.filter(
    ({ clusterId, takenAtMs }) =>
      takenAtMs <= nowMs + clockToleranceMs && (expectedCluster === undefined || clusterId === expectedCluster),
  );
  const clusters = [...new Set(candidates.map(({ clusterId }) => clusterId))];
  const where = locationName(place, 'read');
  if (clusters.length > 1) {
    const named = clusters.slice(0, 5).map((clusterId) => printable(clusterId, 60));
    throw new JacoError(
      'request_invalid',
      `${where} holds backups of ${clusters.length} clusters (${named.join(', ')}${clusters.length > 5 ? ', …' : ''}): which one is meant?`,
      { remedies: [giveParameter('expectedCluster')] },
    );
  }
  const [first, ...others] = candidates;
  if (first === undefined) {
    const what =
      expectedCluster === undefined ? 'no backup' : `no backup of cluster ${printable(expectedCluster, 512)}`;
    throw new JacoError('archive_unreadable', `${where} holds ${what} that can be recognised.`, {
      remedies: [
        advice('Name the place where backups are written.'),
        ...(expectedCluster === undefined ? [] : [checkParameters('expectedCluster')]),
      ],
    });
  }
  return others.reduce((newest, backup) => (backup.takenAtMs >= newest.takenAtMs ? backup : newest), first);
}
