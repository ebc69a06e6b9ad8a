import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../builders/tar-gzip-archive.js';
import { cluster, writeArchive } from './archive-file.js';
import { jacoFails, jacoSucceeds, startJaco } from './jaco-process.js';
import { startSandbox } from './running-sandbox.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('jaco drill');

const scratch = scratchFor(test);

/** An archive of the sandbox's example cluster, and an empty directory as the place for temporary files. */
async function withArchive(work: (archive: string, temporary: string) => Promise<void>): Promise<void> {
  const archive = scratch.path('cluster.tar.gz');
  const sandbox = await startSandbox(scratch.path('data'));
  try {
    await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', archive]);
  } finally {
    await sandbox.stop();
  }
  await work(archive, scratch.directory('temporary'));
}

test('says that a good archive restores, what it checked and what would come back, and leaves nothing', () =>
  withArchive(async (archive, temporary) => {
    const text = await jacoSucceeds(['drill', '--input', archive], { environment: { TMPDIR: temporary } });
    assert.match(text, `${archive} restores.\n`);
    assert.is(text.match(/\[ok\]/g)?.length, 4);
    assert.match(text, 'It would bring back 4 deployments:\n  storefront, orders, thumbnails, nightly-report\n');
    assert.match(text, '  - edge-1 @ 10.20.0.11:7001');
    assert.equal(readdirSync(temporary), []);
  }));

test('prints the same for a program', () =>
  withArchive(async (archive, temporary) => {
    const text = await jacoSucceeds(['drill', '--input', archive, '--work-dir', temporary, '-o', 'json']);
    const report = JSON.parse(text) as { restores: boolean; checks: string[]; rejoin: { hostname: string }[] };
    assert.is(report.restores, true);
    assert.is(report.checks.length, 3);
    assert.ok(report.rejoin.some(({ hostname }) => hostname === 'edge-2'));
    assert.equal(readdirSync(temporary), []);
  }));

test('warns, as a restore would, that the restored node gets no certificate', async () => {
  const metadata = metadataWith();
  writeFileSync(scratch.path('a'), await tarGzipArchive(metadata, snapshotOf(metadata.clusterId)));
  const warning = 'the state holds no CA, so this node gets no certificate: ';
  const { code, stdout, stderr } = await startJaco(['drill', '--input', scratch.path('a'), '-o', 'json']).ended;
  assert.is(code, 0);
  assert.match(stderr, `Warning: ${warning}`);
  const { warnings } = JSON.parse(stdout) as { warnings: readonly string[] };
  assert.ok(warnings.length === 1 && warnings[0]?.startsWith(warning));
});

test('refuses an archive that is damaged or of another cluster than it says, and leaves nothing', () =>
  withArchive(async (archive, temporary) => {
    const environment = { TMPDIR: temporary };
    writeFileSync(scratch.path('cut'), readFileSync(archive).subarray(0, 900));
    assert.match(await jacoFails(['drill', '--input', scratch.path('cut')], { environment }), /cut short/);
    writeFileSync(scratch.path('other'), await tarGzipArchive(metadataWith(), snapshotOf('somebody-else')));
    assert.match(
      await jacoFails(['drill', '--input', scratch.path('other')], { environment }),
      /do not belong together/,
    );
    assert.equal(readdirSync(temporary), []);
  }));

test('fails on a state that no daemon could decode, although the archive is whole', () =>
  withArchive(async (_, temporary) => {
    const metadata = metadataWith();
    // A token whose time of issue is cut short inside: the top level is sound, so that only a boot can tell.
    const undecodable = Buffer.concat([snapshotOf(metadata.clusterId), Buffer.from([0x4a, 0x02, 0x1a, 0x05])]);
    writeFileSync(scratch.path('undecodable'), await tarGzipArchive(metadata, undecodable));
    const failure = await jacoFails(['drill', '--input', scratch.path('undecodable')], {
      environment: { TMPDIR: temporary },
    });
    assert.match(failure, /a record of field 9 of the state cannot be decoded/);
    assert.equal(readdirSync(temporary), []);
  }));

test('removes everything when it is interrupted', () =>
  withArchive(async (_, temporary) => {
    const metadata = metadataWith();
    const large = snapshotOf(metadata.clusterId, 40_000_000);
    writeFileSync(scratch.path('large'), await tarGzipArchive(metadata, large));
    const running = startJaco(['drill', '--input', scratch.path('large')], { environment: { TMPDIR: temporary } });
    while (readdirSync(temporary).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    running.process.kill('SIGINT');
    assert.is((await running.ended).code, 130);
    assert.equal(readdirSync(temporary), []);
  }));

test('works where the directory for temporary files is too deep for the path of a socket', async () => {
  const temporary = scratch.directory('x'.repeat(120));
  const archive = await writeArchive(scratch.path('a.tar.gz'), [cluster()]);
  const text = await jacoSucceeds(['drill', '--input', archive], { environment: { TMPDIR: temporary } });
  assert.match(text, 'came up as the single voter');
  assert.equal(scratch.names('x'.repeat(120)), []);
});

test.run();
