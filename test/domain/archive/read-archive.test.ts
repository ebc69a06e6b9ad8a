import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { archiveName, warnOfPadding } from '../../../src/domain/archive/read-archive.js';
import { warningOf } from '../../../src/domain/warning.js';

const test = suite('how an archive is named in sentences');

test('by its path, or as standard input', () => {
  assert.is(archiveName('/backups/c.tar.gz'), '/backups/c.tar.gz');
  assert.is(archiveName('-'), 'standard input');
  assert.is(archiveName('a\nb').includes('\n'), false);
});

test('with the zeros behind it, if there are some', () => {
  assert.equal(warnOfPadding('c.tar.gz', { sizeBytes: 100, sha256: undefined, paddingBytes: 0 }), []);
  assert.equal(warnOfPadding('c.tar.gz', { sizeBytes: 100, sha256: undefined, paddingBytes: 1 }), [
    warningOf('one zero byte follows the archive in c.tar.gz, as on tapes and block devices; passed over'),
  ]);
  const [warning] = warnOfPadding('-', { sizeBytes: 100, sha256: undefined, paddingBytes: 512 });
  assert.match(warning?.sentence ?? '', '512 zero bytes follow the archive in standard input');
});

test.run();
