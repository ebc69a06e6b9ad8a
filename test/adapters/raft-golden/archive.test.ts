import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultArchiveLimits } from '../../../src/adapters/archive/archive-limits.js';
import { createStreamingArchiveVerifier } from '../../../src/adapters/archive/streaming-archive-verifier.js';
import type { PlainMetadata } from '../../../src/domain/archive/snapshot-metadata.js';
import { walkSnapshot } from '../../../src/domain/state/snapshot-content.js';
import { archiveFiles } from '../../builders/archive-files.js';
import type { ArchiveReport } from '../../interop/engine-replies.js';
import { expected, fixture } from './fixture.js';

const path = fixture('archive/cluster.tar.gz');
const report = expected<ArchiveReport>('archive');
const metadata: PlainMetadata = {
  kind: 'plain',
  schemaVersion: 1,
  clusterId: report.clusterId,
  snapshotIndex: report.snapshotIndex,
  snapshotTerm: report.snapshotTerm,
  jacoVersion: report.jacoVersion,
  takenAt: report.takenAt,
  leaderAtSnapshot: report.leaderAtSnapshot,
};

const test = suite("an archive of the engine's state");

test('reads with the metadata and the state that were put in', async () => {
  const opened = await archiveFiles(defaultArchiveLimits).open(path);
  const digest = createHash('sha256');
  const walk = walkSnapshot();
  for await (const bytes of opened.snapshot) {
    digest.update(bytes);
    walk.feed(bytes);
  }
  await opened.close();
  assert.equal(opened.metadata, metadata);
  assert.is(digest.digest('hex'), report.state.digest);
  assert.equal(walk.finish(), { kind: 'well-formed', sizeBytes: report.state.sizeBytes, clusterId: report.clusterId });
});

test('passes verification', async () => {
  const passage = createStreamingArchiveVerifier(defaultArchiveLimits).verify(createReadStream(path));
  for await (const _ of passage.bytes);
  assert.equal(passage.summary(), { metadata, snapshotSizeBytes: report.state.sizeBytes, stateVerified: true });
});

test.run();
