import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { warnOfGaps } from '../../src/domain/file-system-warnings.js';

const test = suite('what a file system did not do as asked');

const none = { unsyncedDirectories: () => [], openedDirectories: () => [] };
const sentences = (...paths: readonly string[]) =>
  warnOfGaps({ ...none, unsyncedDirectories: () => paths }).map(({ sentence }) => sentence);

const sentenceOf = (path: string) =>
  `the file system of ${path} does not sync directories: what was written is in its place, but a power cut soon after could take it away`;

test('is warned of: directories that cannot be synced', () =>
  assert.equal(sentences('/mnt/share'), [sentenceOf('/mnt/share')]));

test('is not told of a directory inside another one', () => {
  assert.equal(sentences('/data/raft/snapshots', '/data/raft', '/data', '/database'), [
    sentenceOf('/data'),
    sentenceOf('/database'),
  ]);
});

test('is told without characters that would control a terminal', () => {
  assert.equal(sentences('/mnt/\u001b[31m'), [sentenceOf('/mnt/\\u{1b}[31m')]);
});

test('causes no warning if there is nothing, or if it is not recorded', () => {
  assert.equal(sentences(), []);
  assert.equal(warnOfGaps(undefined), []);
});

test('is warned of: permissions that are not kept', () => {
  const warnings = warnOfGaps({ ...none, openedDirectories: () => ['/mnt/usb/data', '/mnt/usb'] });
  assert.equal(
    warnings.map(({ sentence }) => sentence),
    [
      'the file system of /mnt/usb keeps no permissions: other users of this host can read what was written, and it holds secrets (see the mount options, or write it elsewhere)',
    ],
  );
});

test.run();
