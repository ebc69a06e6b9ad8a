import { archiveSuite } from './hostile-archives.js';
import { hostileStates } from './hostile-states.js';
import { archiveWithSnapshot, metadataJson, snapshotAs, snapshotOf } from './sample-archive.js';
import { archiveOf, tarEntry } from './tar-builder.js';

archiveSuite(
  'the state inside an archive',
  [
    ...hostileStates.map(({ what, bytes, says }) => ({
      ...{ what, archive: archiveWithSnapshot(bytes) },
      ...{ code: 'snapshot_rejected' as const, says },
    })),
    {
      what: 'the replacement character in meta.json for a cluster id that is not UTF-8',
      archive: archiveOf(
        tarEntry({ name: 'meta.json' }, metadataJson({ cluster_id: '"\ufffd"' })),
        snapshotAs({}, snapshotOf(Buffer.from([0xff]))),
      ),
      code: 'snapshot_rejected',
      says: 'the cluster id is not UTF-8 text',
    },
  ],
  [],
);
