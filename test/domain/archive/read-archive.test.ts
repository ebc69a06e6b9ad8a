import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { warnOfPadding } from '../../../src/domain/archive/read-archive.js';
import { warningOf } from '../../../src/domain/warning.js';
import { fileAt, standardStream } from '../../builders/locations.js';

const test = suite('what is said of zeros behind an archive');

test('is how many there are and where, if there are some', () => {
  assert.equal(warnOfPadding(fileAt('c.tar.gz'), { sizeBytes: 100, sha256: undefined, paddingBytes: 0 }), []);
  assert.equal(warnOfPadding(fileAt('c.tar.gz'), { sizeBytes: 100, sha256: undefined, paddingBytes: 1 }), [
    warningOf('one zero byte follows the archive in c.tar.gz, as on tapes and block devices; passed over'),
  ]);
  const [warning] = warnOfPadding(standardStream, { sizeBytes: 100, sha256: undefined, paddingBytes: 512 });
  assert.match(warning?.sentence ?? '', '512 zero bytes follow the archive in standard input');
});

test.run();
