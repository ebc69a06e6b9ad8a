import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { requireReadable, schemaOf } from '../../../src/domain/archive/archive-schema.js';
import { targetDaemonVersion } from '../../../src/domain/archive/daemon-version.js';
import { advice, giveParameter } from '../../../src/domain/remedy.js';
import { planRestore } from '../../../src/domain/restore/restore-plan.js';
import { parseNetworkAddress } from '../../../src/domain/values/network-address.js';
import { fileAt } from '../../builders/locations.js';
import { markingSeal } from '../../builders/marking-seal.js';
import { createInMemoryKeyring } from '../../fakes/in-memory-keyring.js';
import { host, inspection, metadata, request, schema } from '../builders.js';
import { refusalOf } from '../refusal.js';

const test = suite('planRestore');

/** Terms and indexes after which raft can continue. */
const counts = fc.bigInt({ min: 1n, max: 2n ** 64n - 3n });

test('seeds the stable store with the term of the snapshot, however large (trap 1)', () => {
  fc.assert(
    fc.property(counts, (snapshotTerm) => {
      const plan = planRestore(request(), schema({ snapshotTerm }), host(), inspection());
      assert.is(plan.seed.term, snapshotTerm);
    }),
  );
});

test('gives the single voter a host:port for its address, never a bare hostname (trap 2)', () => {
  const { voter } = planRestore(request(), schema(), host({ clusterAddress: undefined }), inspection()).seed;
  assert.is(voter.id, 'node-1');
  assert.equal(parseNetworkAddress(voter.address), { host: '10.0.0.7', port: 7001 });
});

test('commits the new configuration at index 1, so that no old member survives (trap 3)', () => {
  assert.is(planRestore(request(), schema(), host(), inspection()).seed.configurationIndex, 1n);
});

test('seals the store as the schema of the archive says', () => {
  const readable = requireReadable(schema());
  const plan = planRestore(request(), { ...readable, seal: markingSeal }, host(), inspection());
  assert.is(plan.seed.seal, markingSeal);
});

test('says which store is made, why, and what speaks against it', () => {
  const sealed = schema({ schemaVersion: 2 }, createInMemoryKeyring('k1', 'secret'));
  const unsure = planRestore(request(), sealed, host({ installedDaemonVersion: undefined }), inspection());
  assert.is(unsure.store.keyId, 'k1');
  assert.match(unsure.warnings.map(({ sentence }) => sentence).join(), 'nothing on this host shows');
  refusalOf('store_mismatch', () => planRestore(request(), sealed, host(), inspection()));
  const sealing = host({ stateKeyFile: '/etc/jaco/keys.json' });
  assert.equal(planRestore(request(), sealed, sealing, inspection()).store.reason, {
    kind: 'configured',
    keyFile: '/etc/jaco/keys.json',
  });
});

test('restores the archive of the expected cluster, and of no other one', () => {
  const otherwise = request({ expectedCluster: 'c-2\u001b' });
  const refusal = refusalOf('cluster_mismatch', () => planRestore(otherwise, schema(), host(), inspection()));
  assert.is(refusal.message, 'the archive is of cluster c-1, not of the expected c-2\\u{1b}.');
  assert.equal(refusal.remedies.at(-1), { kind: 'check-parameters', parameters: ['expectedCluster'] });
  const plan = planRestore(request({ expectedCluster: 'c-1' }), schema(), host(), inspection());
  assert.is(plan.metadata.clusterId, 'c-1');
});

test('keeps the index of the snapshot exactly, however large', () => {
  fc.assert(
    fc.property(counts, (snapshotIndex) => {
      const plan = planRestore(request(), schema({ snapshotIndex }), host(), inspection());
      assert.is(plan.seed.index, snapshotIndex);
      assert.is(plan.marker.snapshotIndex, snapshotIndex);
    }),
  );
});

test('names the snapshot as the engine does: term, index, milliseconds', () => {
  const plan = planRestore(
    request(),
    schema({ snapshotTerm: 2n ** 64n - 2n, snapshotIndex: 2n ** 63n }),
    host({ nowMs: 1795539891344 }),
    inspection(),
  );
  assert.is(plan.seed.snapshotId, '18446744073709551614-9223372036854775808-1795539891344');
});

test('lists the paths that will appear in the data directory', () => {
  const plan = planRestore(
    request({ dataDirectory: '/srv/jaco' }),
    schema(),
    host({ nowMs: 1795539891344 }),
    inspection(),
  );
  assert.is(plan.seed.dataDirectory, '/srv/jaco');
  assert.equal(plan.writes, [
    '/srv/jaco/raft/snapshots/7-1000-1795539891344/state.bin',
    '/srv/jaco/raft/snapshots/7-1000-1795539891344/meta.json',
    '/srv/jaco/raft/log.db',
    '/srv/jaco/restore.txt',
  ]);
});

test('plans a marker with the cluster, the index, the backup and the restore', () => {
  const plan = planRestore(request(), schema(), host(), inspection());
  assert.equal(plan.marker, {
    clusterId: 'c-1',
    snapshotIndex: 1000n,
    takenAt: '2026-05-25T10:00:00Z',
    importedAt: '2026-05-26T08:30:00.000Z',
  });
});

test('carries the archive and its metadata along', () => {
  const given = metadata();
  const plan = planRestore(
    request({ archive: fileAt('a.tar.gz') }),
    schemaOf({ metadata: given, metadataBytes: new Uint8Array(0) }, undefined),
    host(),
    inspection(),
  );
  assert.equal(plan.archive, fileAt('a.tar.gz'));
  assert.is(plan.metadata, given);
});

test('makes the files the data directory owner’s', () => {
  const plan = planRestore(request(), schema(), host(), inspection({ owner: { uid: 42, gid: 43 } }));
  assert.equal(plan.seed.owner, { uid: 42, gid: 43 });
});

test('says nothing against a restore on the host that the name names', () => {
  assert.equal(planRestore(request(), schema(), host(), inspection()).warnings, []);
});

test('warns of a name that is not the name of this host', () => {
  const { warnings } = planRestore(request(), schema(), host({ hostname: 'node-9\u001b' }), inspection());
  assert.is(warnings.length, 1);
  assert.match(warnings[0]?.sentence ?? '', 'this host is called node-9\\u{1b}, not node-1');
});

test('warns of a name that differs from the name of this host in case alone, as raft compares bytes', () => {
  assert.is(planRestore(request(), schema(), host({ hostname: 'NODE-1' }), inspection()).warnings.length, 1);
});

test('warns of a data directory that will have to be created', () => {
  const target = inspection({ kind: 'missing', owner: undefined, path: '/srv/new' });
  const plan = planRestore(request(), schema(), host(), target);
  assert.is(plan.warnings.length, 1);
  assert.match(plan.warnings[0]?.sentence ?? '', /^\/srv\/new does not exist and will be created/);
  assert.equal(plan.warnings[0]?.remedies, [{ kind: 'give-directory-to-daemon' }]);
  assert.is(plan.seed.owner, undefined);
});

test('warns that systemd would start a daemon at a connection', () => {
  const target = inspection({ daemon: { kind: 'awaited', socket: '/run/jaco/jaco.sock' } });
  const { warnings } = planRestore(request(), schema(), host(), target);
  assert.is(warnings.length, 1);
  assert.match(warnings[0]?.sentence ?? '', /^systemd listens on \/run\/jaco\/jaco\.sock .* nobody should$/);
  assert.equal(warnings[0]?.remedies, [{ kind: 'stop-socket' }]);
});

test('gives every warning, the most serious first', () => {
  const { warnings } = planRestore(
    request(),
    schema({ jacoVersion: 'v0.4.0' }),
    host({ hostname: 'other', clusterAddress: '10.0.0.99:7001' }),
    inspection({ kind: 'missing' }),
  );
  const expected = [
    /older than the one/,
    /this host is called other/,
    /10\.0\.0\.99 is on no interface/,
    /does not exist/,
  ];
  assert.is(warnings.length, expected.length);
  for (const [position, pattern] of expected.entries()) assert.match(warnings[position]?.sentence ?? '', pattern);
});

for (const { what, given, installed, text, source } of [
  { what: 'the version that is given', given: 'v0.2.0', installed: 'v0.3.9', text: 'v0.2.0', source: 'given' },
  { what: 'the installed daemon', given: undefined, installed: 'v0.3.1', text: 'v0.3.1', source: 'installed' },
  {
    what: 'the version that this release is made for',
    given: undefined,
    installed: undefined,
    text: targetDaemonVersion,
    source: 'release',
  },
]) {
  test(`judges the archive against ${what}, and says so`, () => {
    const plan = planRestore(
      request({ daemonVersion: given }),
      schema({ jacoVersion: '0.0.1-dev' }),
      host({ installedDaemonVersion: installed }),
      inspection(),
    );
    assert.equal(plan.daemonVersion, { text, source });
    assert.equal(plan.compatibility, { kind: 'compatible', rule: 'same major version (0)' });
  });
}

test('refuses an archive of another major version, naming both versions and where the second comes from', () => {
  const refusal = refusalOf('version_incompatible', () =>
    planRestore(request({ daemonVersion: 'v2.0.0' }), schema({ jacoVersion: '1.9.9' }), host(), inspection()),
  );
  assert.match(refusal.message, 'taken by jaco 1.9.9, the daemon here is v2.0.0 (as given)');
  assert.equal(refusal.remedies, [advice("Install a daemon of the archive's major version, then restore.")]);
});

test('refuses an invalid version of either side, naming the side', () => {
  const ofArchive = () => planRestore(request(), schema({ jacoVersion: 'latest' }), host(), inspection());
  assert.match(refusalOf('version_incompatible', ofArchive).message, 'the archive\'s jaco_version is "latest"');
  const ofDaemon = () =>
    planRestore(request(), schema(), host({ installedDaemonVersion: 'usage: jacod' }), inspection());
  assert.match(
    refusalOf('version_incompatible', ofDaemon).message,
    "the daemon's version (as the installed jacod says)",
  );
});

for (const name of [
  '',
  'node_1',
  '-node',
  'node.',
  'a b',
  '../../etc',
  'node\n',
  'a'.repeat(64),
  `${'a'.repeat(62)}.bc`,
]) {
  test(`refuses the name ${JSON.stringify(name)}, under which no daemon can start`, () => {
    const refusal = refusalOf('name_invalid', () => planRestore(request({ name }), schema(), host(), inspection()));
    assert.not.match(refusal.message, /\n/);
    assert.equal(refusal.remedies, [giveParameter('nodeName')]);
  });
}

test('refuses an encrypted archive before it looks at anything else', () => {
  refusalOf('schema_unsupported', () =>
    planRestore(request({ name: '' }), schema({ schemaVersion: 2, clusterId: '' }), host(), inspection()),
  );
});

test('refuses metadata that breaks its own rules', () => {
  refusalOf('archive_rejected', () => planRestore(request(), schema({ clusterId: '' }), host(), inspection()));
  refusalOf('snapshot_rejected', () => planRestore(request(), schema({ snapshotTerm: 0n }), host(), inspection()));
});

test.run();
