import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Bucket, makeBucket } from '../adapters/storage/s3/bucket.js';
import { startSecureStorage } from '../adapters/storage/s3/secure-storage-server.js';
import { findVersitygw } from '../adapters/storage/s3/storage-programs.js';
import { befall, type PassingRequest } from '../adapters/storage/s3/storage-proxy.js';
import { type StorageServer, storageServers } from '../adapters/storage/s3/storage-servers.js';
import { skipFile } from '../skipping.js';
import { jacoFails, jacoSucceeds, runJaco, startJaco } from './jaco-process.js';
import { type RunningSandbox, startSandbox } from './running-sandbox.js';
import { scratchFor, sharedScratchFor } from './scratch-directory.js';

const program = await findVersitygw();
if (program.kind === 'missing') skipFile(`jaco with archives in a bucket: ${program.reason}`);
else defineTests(program.path);

function defineTests(path: string): void {
  const test = suite('jaco with archives in a bucket');
  const shared = sharedScratchFor(test);
  const scratch = scratchFor(test);
  let sandbox: RunningSandbox;
  let server: StorageServer;
  let bucket: Bucket;

  test.before(async () => {
    sandbox = await startSandbox(shared.path('node'), ['--name', 'node-1']);
    server = await (storageServers[0] as (typeof storageServers)[number]).start(path);
  });
  test.after(async () => {
    await sandbox.stop();
  });
  test.before.each(async () => {
    server.proxy.judge = () => undefined;
    bucket = await makeBucket(server);
  });

  const word = (key: string) => `s3://${bucket.name}/${key}`;
  const circumstances = (change: Record<string, string | undefined> = {}) => ({
    environment: { HOME: scratch.path('home'), ...server.environment, ...change },
  });
  const backUp = (key: string, ...flags: string[]) =>
    jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', word(key), ...flags], circumstances());

  test('backs up into it, and reads from it with every command that reads archives', async () => {
    assert.match(
      await backUp('jaco/c-%s.tar.gz'),
      new RegExp(`^Wrote [0-9]+ bytes to ${word('jaco/c-[0-9]+')}.tar.gz\n$`),
    );
    const [key = ''] = await bucket.keys();
    const inspection = JSON.parse(await jacoSucceeds(['inspect', word(key), '-o', 'json'], circumstances()));
    assert.is(inspection.archive, word(key));
    assert.match(await jacoSucceeds(['diff', word(key), word(key)], circumstances()), /identical|no difference|same/i);
    assert.match(await jacoSucceeds(['drill', '--input', word(key)], circumstances()), /restores\.\n/);
    const directory = scratch.path('restored');
    await jacoSucceeds(
      ['restore', '--input', word(key), '--name', 'node-1', '--data-dir', directory, '--socket', scratch.path('none')],
      circumstances(),
    );
    assert.ok(scratch.names().includes('restored'));
  });

  test('is found by flags as well as by the environment', async () => {
    const end = await runJaco(
      ['backup', '--socket', sandbox.socket, '--output', word('c'), '--s3-endpoint', server.proxy.url],
      circumstances({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' }),
    );
    assert.is(end.stderr, '');
    assert.equal(await bucket.keys(), ['c']);
  });

  test('trusts a private CA that --s3-ca-cert names, and asks for it otherwise', async () => {
    const secure = await startSecureStorage(path);
    mkdirSync(join(secure.dataDirectory, 'backups'));
    const given = ['--s3-endpoint', `https://127.0.0.1:${secure.port}`];
    const backup = ['backup', '--socket', sandbox.socket, '--output', 's3://backups/c.tar.gz', ...given];
    const environment = { environment: { HOME: scratch.path('home'), ...secure.environment } };
    assert.match(
      await jacoFails(backup, environment),
      /the certificate of 127\.0\.0\.1:[0-9]+ does not verify .*--s3-ca-cert/,
    );
    const trusted = ['--s3-ca-cert', secure.authorityPath];
    await jacoSucceeds([...backup, ...trusted], environment);
    await jacoSucceeds(['inspect', 's3://backups/c.tar.gz', ...given, ...trusted], environment);
  });

  test('refuses its flags where nothing is in a bucket', async () => {
    const end = await runJaco(['inspect', scratch.path('c'), '--s3-region', 'eu-north-1'], circumstances());
    assert.is(end.code, 1);
    assert.match(end.stderr, /--s3-region has no use without s3:\/\//);
  });

  test('keeps the newest under a prefix, and leaves other prefixes alone', async () => {
    await backUp('jaco/c-1.tar.gz');
    await backUp('other/c-1.tar.gz');
    const end = await runJaco(
      ['backup', '--socket', sandbox.socket, '--output', word('jaco/c-%s.tar.gz'), '--keep', '1'],
      circumstances(),
    );
    assert.is(end.stderr, `Deleted ${word('jaco/c-1.tar.gz')}\n`);
    const backups = (await bucket.keys()).filter((key) => !key.includes('/.'));
    assert.match(backups.join(' '), /^jaco\/c-[0-9]{6,}\.tar\.gz other\/c-1\.tar\.gz$/);
  });

  test('lists and prunes what is under a prefix, and reads no object twice', async () => {
    for (const name of ['c-1', 'c-2']) await backUp(`jaco/${name}`);
    const readings = () => server.proxy.seen.filter((line) => line.startsWith(`GET /${bucket.name}/jaco/c-`)).length;
    assert.match(await jacoSucceeds(['list', word('jaco/')], circumstances()), /: 2 backups, /);
    assert.is(readings(), 2);
    const document = JSON.parse(
      await jacoSucceeds(['prune', word('jaco'), '--keep', '1', '-o', 'json'], circumstances()),
    );
    assert.is(readings(), 2);
    assert.equal(document.deleted, [word('jaco/c-1')]);
  });

  test('prunes what it may, and marks what it may not', async () => {
    for (const key of ['c-1.tar.gz', 'c-2.tar.gz', 'c-3.tar.gz']) await backUp(`jaco/${key}`);
    const isFirst = ({ method, url }: PassingRequest) => method === 'DELETE' && url.pathname.includes('c-1');
    const mishap = { kind: 'answer', status: 403, body: '<Error><Code>AccessDenied</Code></Error>' } as const;
    befall(server.proxy, isFirst, mishap);
    const words = ['prune', word('jaco/'), '--keep', '1'];
    const program = await runJaco([...words, '-o', 'json', '--dry-run'], circumstances());
    assert.equal([program.code, JSON.parse(program.stdout).failed], [0, []]);
    const { code, stdout, stderr } = await runJaco(words, circumstances());
    assert.is(code, 1);
    assert.match(stdout, /^failed .* c-1\.tar\.gz$/m);
    assert.match(stdout, /^deleted .* c-2\.tar\.gz$/m);
    assert.match(stdout, /^Not deleted: s3:.*c-1\.tar\.gz: cannot remove .* does not allow it with this key/m);
    assert.is(stderr.match(/^Error: /gm)?.length, 1);
    const document = JSON.parse((await runJaco([...words, '-o', 'json'], circumstances())).stdout);
    assert.equal([document.deleted, document.failed[0].archive], [[], word('jaco/c-1.tar.gz')]);
    assert.equal([document.failed[0].code, document.error.code], ['permission_denied', 'permission_denied']);
  });

  test('encrypts what it stores there', async () => {
    const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
    await backUp('c.age', '--encrypt-to', recipient);
    assert.match((await bucket.get('c.age')) ?? '', /^age-encryption\.org/);
  });

  test('leaves nothing in it when the backup is interrupted', async () => {
    server.proxy.judge = ({ url }) => (url.searchParams.has('partNumber') ? { kind: 'delay', ms: 30_000 } : undefined);
    const running = startJaco(['backup', '--socket', sandbox.socket, '--output', word('c.tar.gz')], circumstances());
    while (!server.proxy.seen.some((line) => line.includes(bucket.name) && line.includes('partNumber'))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    running.process.kill('SIGINT');
    const end = await running.ended;
    assert.is(end.code, 130);
    assert.equal([await bucket.keys(), await bucket.uploads()], [[], []]);
  });

  test('says in one sentence why it cannot be used', async () => {
    const end = await runJaco(
      ['backup', '--socket', sandbox.socket, '--output', 's3://not-there/c.tar.gz'],
      circumstances(),
    );
    assert.is(end.code, 1);
    assert.match(
      end.stderr,
      /^error: cannot write s3:\/\/not-there\/c\.tar\.gz: 127\.0\.0\.1:[0-9]+ has no bucket not-there\./i,
    );
  });

  test.run();
}
