import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describeDisk } from './disk-image.js';
import { type Errno, eachFault, faults, nameOf, requireSentence } from './faults.js';
import { judgeIdentity, restoreWithIdentity, startWithAuthority } from './identity-under-test.js';
import { archivePath, dataDirectory } from './restore-under-test.js';

const test = suite('restores of a node’s identity and failing calls');

for (const errno of Object.keys(faults) as Errno[]) {
  test(`${errno} of any call is told, leaves nothing, and a retry succeeds`, async () => {
    let calls = 0;
    for await (const { call, disk, error } of eachFault(startWithAuthority, errno, restoreWithIdentity)) {
      calls += 1;
      const verdict = await judgeIdentity(disk.image());
      if (error === undefined) {
        // The archive is only read, and after the commit there is nothing left to fail.
        assert.match(nameOf(call), new RegExp(`^close ${archivePath}$|${dataDirectory}/node\\.restoring`));
        assert.equal(verdict, { kind: 'after' }, nameOf(call));
        continue;
      }
      requireSentence(error, errno, call, [archivePath, dataDirectory]);
      assert.equal(describeDisk(disk.image()), describeDisk(startWithAuthority), nameOf(call));
      assert.equal(verdict, { kind: 'before' }, nameOf(call));
    }
    console.log(`\nNOTE: restore with an identity: ${errno} at each of ${calls} calls`);
  });
}

test('a disk that fails for good is told by its first error, and nothing is half restored', async () => {
  for await (const { call, disk, error } of eachFault(startWithAuthority, 'EIO', restoreWithIdentity, 'for good')) {
    if (error !== undefined) requireSentence(error, 'EIO', call, [archivePath, dataDirectory]);
    assert.is.not((await judgeIdentity(disk.image())).kind, 'bad', nameOf(call));
  }
});

test.run();
