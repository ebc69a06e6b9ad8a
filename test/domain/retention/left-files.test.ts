import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { giveParameter } from '../../../src/domain/remedy.js';
import { warnOfLeftFiles } from '../../../src/domain/retention/retention-warnings.js';
import { warningOf } from '../../../src/domain/warning.js';
import { fileAt } from '../../builders/locations.js';

const test = suite('what is said of files that were left alone');

test('says it in the singular of one encrypted file', () => {
  assert.equal(warnOfLeftFiles([{ location: fileAt('/b/c-1'), reason: 'encrypted', finding: 'it is encrypted' }]), [
    warningOf(
      'one encrypted file was left alone: without its identity it cannot be recognised as a backup of this cluster',
      giveParameter('identityFile'),
    ),
  ]);
});

test('reports each file that was left alone in one sentence, and all encrypted ones in another', () => {
  const encrypted = { location: fileAt('/b/c-1'), reason: 'encrypted', finding: 'it is encrypted' } as const;
  assert.match(warnOfLeftFiles([encrypted])[0]?.sentence ?? '', /^one encrypted file was left alone/);
  assert.match(warnOfLeftFiles([encrypted, encrypted])[0]?.sentence ?? '', /^2 encrypted files were left alone/);
  assert.equal(warnOfLeftFiles([{ location: fileAt('/b/c-2'), reason: 'not_a_backup', finding: 'it is no backup' }]), [
    warningOf('/b/c-2 was left alone: it is no backup'),
  ]);
});

test.run();
