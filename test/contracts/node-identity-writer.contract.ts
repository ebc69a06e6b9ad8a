import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ClusterAuthority } from '../../src/domain/archive/snapshot-findings.js';
import type { NodeIdentityRequest, NodeIdentityWriter } from '../../src/ports/node-identity-writer.js';
import { codeOf } from '../builders/outcome.js';
import type { Harness } from './node-identity-harness.js';

/** What {@link NodeIdentityWriter} promises, for any implementation. */
export function nodeIdentityWriterContract(name: string, open: () => Promise<Harness>): void {
  const test = suite(`NodeIdentityWriter contract: ${name}`);
  let harness: Harness;
  let authority: ClusterAuthority;
  let other: ClusterAuthority;

  test.before.each(async () => {
    harness = await open();
    [authority, other] = harness.authorities;
  });
  test.after.each(() => harness.close());

  const hosts = ['node-1', '10.0.0.7'];
  const request = (changes: Partial<NodeIdentityRequest> = {}): NodeIdentityRequest => ({
    dataDirectory: harness.dataDirectory,
    name: 'node-1',
    wanted: { hosts, authority },
    owner: undefined,
    ...changes,
  });
  const stage = (changes: Partial<NodeIdentityRequest> = {}) => harness.writer.stage(request(changes));
  /** A restore that was killed after it had installed. */
  const killed = async (changes: Partial<NodeIdentityRequest> = {}) => (await stage(changes)).install();
  const paths = async () => [...(await harness.found()).keys()].sort((a, b) => (a < b ? -1 : 1));
  const textOf = async (path: string) => (await harness.found()).get(path)?.text;
  const whole = ['node', 'node/ca.crt', 'node/node-1.crt', 'node/node-1.key'];

  test('installs the CA certificate, and a pair that the CA has signed for the hosts', async () => {
    const staged = await stage();
    await staged.install();
    assert.equal(await paths(), whole);
    assert.equal(staged.files, ['node/ca.crt', 'node/node-1.crt', 'node/node-1.key']);
    assert.equal(staged.warnings, []);
    assert.is(await textOf('node/ca.crt'), authority.certificate);
    assert.equal(await harness.pairOf('node-1'), { hosts, signedBy: authority.certificate, keyFits: true });
  });

  test('lets everyone read certificates, and the owner alone the key', async () => {
    await (await stage()).install();
    const found = await harness.found();
    assert.equal(
      whole.map((path) => found.get(path)?.mode),
      [0o700, 0o644, 0o644, 0o600],
    );
    for (const path of whole) assert.equal(found.get(path)?.owner, harness.ourselves);
  });

  test('makes all of it its owner’s', async () => {
    await (await stage({ owner: harness.daemon })).install();
    const found = await harness.found();
    for (const path of whole) assert.equal(found.get(path)?.owner, harness.daemon);
  });

  test('puts nothing into place before the installation', async () => {
    await stage();
    assert.equal(await paths(), []);
  });

  test('leaves nothing but the identity once it is finished', async () => {
    const staged = await stage();
    await staged.install();
    await staged.finish();
    assert.is(await harness.hasLeftovers(), false);
    assert.equal(await paths(), whole);
  });

  test('keeps a finished identity, and says so, when it is asked again', async () => {
    const first = await stage();
    await first.install();
    await first.finish();
    const certificate = await textOf('node/node-1.crt');
    const staged = await stage({ wanted: { hosts, authority: other } });
    await staged.install();
    assert.equal(staged.files, []);
    assert.is(staged.warnings.length, 2);
    assert.match(staged.warnings[1] as string, /were kept as they are, but the certificate is not trusted: it is not/);
    assert.is(await textOf('node/ca.crt'), authority.certificate);
    assert.is(await textOf('node/node-1.crt'), certificate);
  });

  test('keeps a pair of the same cluster without a word against it', async () => {
    await (await stage()).install();
    const pair = [await textOf('node/node-1.crt'), await textOf('node/node-1.key')] as const;
    await (await stage({ wanted: undefined })).withdraw();
    await harness.plant('node/node-1.crt', pair[0]);
    await harness.plant('node/node-1.key', pair[1]);
    const staged = await stage();
    await staged.install();
    assert.equal(staged.files, ['node/ca.crt']);
    assert.is(staged.warnings.length, 1);
    assert.match(staged.warnings[0] as string, /node-1\.crt and node-1\.key were kept as they are$/);
    assert.is(await textOf('node/node-1.key'), pair[1]);
  });

  test('makes the pair where the CA certificate is there already', async () => {
    await harness.plant('node/ca.crt', authority.certificate);
    const staged = await stage();
    await staged.install();
    assert.equal(staged.files, ['node/node-1.crt', 'node/node-1.key']);
    assert.equal(staged.warnings, []);
    assert.is((await harness.pairOf('node-1')).signedBy, authority.certificate);
  });

  test("keeps another cluster's CA certificate, and warns", async () => {
    await harness.plant('node/ca.crt', other.certificate);
    const staged = await stage();
    await staged.install();
    assert.is(staged.warnings.length, 1);
    assert.match(staged.warnings[0] as string, 'ca.crt was kept and is');
    assert.is(await textOf('node/ca.crt'), other.certificate);
    assert.is((await harness.pairOf('node-1')).signedBy, authority.certificate);
  });

  for (const [half, what] of [
    ['node/node-1.crt', 'a certificate without its key node-1.key'],
    ['node/node-1.key', 'a key without its certificate node-1.crt'],
  ] as const) {
    test(`makes no pair where there is ${what}, and calls it that`, async () => {
      await harness.plant(half, 'mine');
      const staged = await stage();
      await staged.install();
      assert.equal(await paths(), ['node', 'node/ca.crt', half]);
      assert.is(await textOf(half), 'mine');
      assert.is(staged.warnings.length, 1);
      assert.match(staged.warnings[0] as string, `${half} is ${what}: it was kept, and no pair was made`);
    });
  }

  test('makes nothing where the CA key cannot be read, and warns without showing it', async () => {
    const staged = await stage({ wanted: { hosts, authority: { ...authority, key: 'a secret' } } });
    await staged.install();
    assert.equal(staged.files, []);
    assert.is(staged.warnings.length, 1);
    assert.match(staged.warnings[0] as string, /^this node gets no certificate: the cluster's CA key cannot be read/);
    assert.not.match(staged.warnings[0] as string, 'a secret');
    assert.equal(await paths(), []);
  });

  test('makes nothing where the CA key is that of another certificate', async () => {
    const staged = await stage({ wanted: { hosts, authority: { ...authority, key: other.key } } });
    assert.equal(staged.files, []);
    assert.match(staged.warnings[0] as string, "the cluster's CA key does not belong to its CA certificate");
  });

  test('gives a node called "ca" only the CA certificate, and warns', async () => {
    const staged = await stage({ name: 'ca' });
    await staged.install();
    assert.equal(await paths(), ['node', 'node/ca.crt']);
    assert.is(await textOf('node/ca.crt'), authority.certificate);
    assert.match(staged.warnings[0] as string, 'called ca can have no certificate');
  });

  test('makes nothing where nothing is wanted', async () => {
    const staged = await stage({ wanted: undefined });
    await staged.install();
    await staged.finish();
    assert.equal(staged.files, []);
    assert.equal(staged.warnings, []);
    assert.equal(await paths(), []);
  });

  for (const installed of [false, true]) {
    test(`leaves nothing when it is withdrawn ${installed ? 'after' : 'before'} the installation`, async () => {
      const staged = await stage();
      if (installed) await staged.install();
      await staged.withdraw();
      assert.equal(await paths(), []);
      assert.is(await harness.hasLeftovers(), false);
    });

    test(`clears away what a restore left that was killed ${installed ? 'after' : 'before'} the installation`, async () => {
      const first = await stage({ name: 'first', wanted: { hosts: ['first'], authority: other } });
      if (installed) await first.install();
      const staged = await stage();
      await staged.install();
      await staged.finish();
      assert.equal(staged.warnings, []);
      assert.equal(await paths(), whole);
      assert.is(await textOf('node/ca.crt'), authority.certificate);
      assert.is((await harness.pairOf('node-1')).signedBy, authority.certificate);
      assert.is(await harness.hasLeftovers(), false);
    });
  }

  test('clears away what a killed restore left, even if nothing is wanted', async () => {
    await killed();
    await stage({ wanted: undefined });
    assert.equal(await paths(), []);
    assert.is(await harness.hasLeftovers(), false);
  });

  test('may be withdrawn twice', async () => {
    const staged = await stage();
    await staged.withdraw();
    await staged.withdraw();
    assert.equal(await paths(), []);
  });

  test('removes exactly what it installed when it is withdrawn', async () => {
    await harness.plant('node/ca.crt', other.certificate);
    await harness.plant('node/notes.txt', 'mine');
    const staged = await stage();
    await staged.install();
    await staged.withdraw();
    assert.equal(await paths(), ['node', 'node/ca.crt', 'node/notes.txt']);
    assert.is(await textOf('node/ca.crt'), other.certificate);
  });

  test("keeps an operator's directory, empty as it may be, when it is withdrawn", async () => {
    await harness.plant('node');
    const staged = await stage();
    await staged.install();
    await staged.withdraw();
    assert.equal(await paths(), ['node']);
    assert.is((await harness.found()).get('node')?.mode, 0o700);
  });

  test('keeps files that an operator has added to, or put in place of, what a killed restore left', async () => {
    await killed({ name: 'first' });
    await harness.plant('node/notes.txt', 'mine');
    await harness.plant('node/first.crt', 'mine too');
    await stage({ wanted: undefined });
    assert.equal(await paths(), ['node', 'node/first.crt', 'node/notes.txt']);
    assert.is(await textOf('node/first.crt'), 'mine too');
  });

  test('does not overwrite a file that has appeared meanwhile, and can then be withdrawn', async () => {
    await harness.plant('node');
    const staged = await stage();
    await harness.plant('node/node-1.crt', 'mine');
    assert.is(await codeOf(staged.install()), 'storage_failed');
    await staged.withdraw();
    assert.is(await textOf('node/node-1.crt'), 'mine');
    assert.equal(
      (await paths()).filter((path) => path !== 'node'),
      ['node/node-1.crt'],
    );
    assert.is(await harness.hasLeftovers(), false);
  });

  test.run();
}
