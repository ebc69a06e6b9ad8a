import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { locationName, locationWord, parseArchiveLocation } from '../../../src/domain/values/archive-location.js';
import { fileAt, standardStream } from '../../builders/locations.js';

const test = suite('the location of an archive');

test('is a file for every word but the one for a standard stream', () => {
  assert.equal(parseArchiveLocation('-'), standardStream);
  for (const path of ['/backups/c.tar.gz', './-', '--', 'a-']) assert.equal(parseArchiveLocation(path), fileAt(path));
});

test('is written as the word that it was parsed from', () => {
  for (const word of ['/backups/c.tar.gz', './-', '-']) assert.is(locationWord(parseArchiveLocation(word)), word);
});

test('is named in sentences by its path, in one printable line', () => {
  assert.is(locationName(fileAt('/backups/c.tar.gz'), 'read'), '/backups/c.tar.gz');
  assert.is(locationName(fileAt('a\nb'), 'written').includes('\n'), false);
});

test('is named as standard input where it is read, and as standard output where it is written', () => {
  assert.is(locationName(standardStream, 'read'), 'standard input');
  assert.is(locationName(standardStream, 'written'), 'standard output');
});

test.run();
