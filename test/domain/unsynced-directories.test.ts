import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { warnOfUnsynced } from '../../src/domain/unsynced-directories.js';

const test = suite('directories that cannot be synced');

const sentences = (...paths: readonly string[]) =>
  warnOfUnsynced({ unsyncedDirectories: () => paths }).map(({ sentence }) => sentence);

const sentenceOf = (path: string) =>
  `the file system of ${path} does not sync directories: what was written is in its place, but a power cut soon after could take it away`;

test('are warned of', () => assert.equal(sentences('/mnt/share'), [sentenceOf('/mnt/share')]));

test('are not named when they are inside another one', () => {
  assert.equal(sentences('/data/raft/snapshots', '/data/raft', '/data', '/database'), [
    sentenceOf('/data'),
    sentenceOf('/database'),
  ]);
});

test('are shown without characters that would control a terminal', () => {
  assert.equal(sentences('/mnt/\u001b[31m'), [sentenceOf('/mnt/\\u{1b}[31m')]);
});

test('cause no warning if there are none, or if they are not recorded', () => {
  assert.equal(sentences(), []);
  assert.equal(warnOfUnsynced(undefined), []);
});

test.run();
