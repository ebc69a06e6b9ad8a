import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ClusterAuthority } from '../../src/domain/archive/snapshot-findings.js';
import type { NodeIdentityRequest, NodeIdentityWriter } from '../../src/ports/node-identity-writer.js';
import type { Harness } from './node-identity-harness.js';

/** What {@link NodeIdentityWriter} announces, for any implementation. */
export function nodeIdentityPreviewContract(name: string, open: () => Promise<Harness>): void {
  const test = suite(`NodeIdentityWriter contract, of the preview: ${name}`);
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
  const stage = () => harness.writer.stage(request());
  /** A restore that was killed after it had installed. */
  const killed = async (changes: Partial<NodeIdentityRequest>) =>
    (await harness.writer.stage(request(changes))).install();

  for (const [what, prepare] of [
    ['nothing is there', async () => undefined],
    ['another CA certificate is there', () => harness.plant('node/ca.crt', other.certificate)],
    ['a key is there alone', () => harness.plant('node/node-1.key', 'mine')],
    ['a killed restore has left an identity', () => killed({ wanted: { hosts, authority: other } })],
    [
      'a killed restore has left an identity, of which a file is another one now',
      async () => {
        await killed({ wanted: { hosts, authority: other } });
        await harness.plant('node/node-1.crt', 'mine');
      },
    ],
  ] as const) {
    test(`announces what it will make and warn of if ${what}, and changes nothing`, async () => {
      await prepare();
      const before = [...(await harness.found())];
      const { files, warnings } = await harness.writer.preview(request());
      assert.equal([...(await harness.found())], before);
      const staged = await stage();
      assert.equal(files, staged.files);
      assert.equal(warnings, staged.warnings);
    });
  }

  test('announces nothing if nothing is wanted', async () => {
    assert.equal(await harness.writer.preview(request({ wanted: undefined })), { files: [], warnings: [] });
  });

  test.run();
}
