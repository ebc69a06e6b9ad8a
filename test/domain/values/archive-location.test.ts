import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  besideLocation,
  locationName,
  locationWord,
  parseArchiveLocation,
} from '../../../src/domain/values/archive-location.js';
import { fileAt, objectAt, standardStream } from '../../builders/locations.js';

const test = suite('the location of an archive');

test('is a file for every word but those for a standard stream and for objects', () => {
  assert.equal(parseArchiveLocation('-'), standardStream);
  for (const path of ['/backups/c.tar.gz', './-', '--', 'a-', './s3://b/c', 'S3://b/c'])
    assert.equal(parseArchiveLocation(path), fileAt(path));
});

test('is an object where the word names a bucket and a key, which may be empty', () => {
  assert.equal(parseArchiveLocation('s3://backups/jaco/c.tar.gz'), objectAt('jaco/c.tar.gz'));
  assert.equal(parseArchiveLocation('s3://backups//c/'), objectAt('/c/'));
  for (const word of ['s3://backups', 's3://backups/']) assert.equal(parseArchiveLocation(word), objectAt(''));
  assert.equal(parseArchiveLocation('s3://'), objectAt('', ''));
});

test('is written as the word that it was parsed from', () => {
  for (const word of ['/backups/c.tar.gz', './-', '-', 's3://b/c/d'])
    assert.is(locationWord(parseArchiveLocation(word)), word);
});

test('is named in sentences by its path, in one printable line', () => {
  assert.is(locationName(fileAt('/backups/c.tar.gz'), 'read'), '/backups/c.tar.gz');
  assert.is(locationName(objectAt('c.tar.gz'), 'written'), 's3://backups/c.tar.gz');
  for (const location of [fileAt('a\nb'), objectAt('a\nb')]) {
    assert.is(locationName(location, 'written').includes('\n'), false);
  }
});

test('is named as standard input where it is read, and as standard output where it is written', () => {
  assert.is(locationName(standardStream, 'read'), 'standard input');
  assert.is(locationName(standardStream, 'written'), 'standard output');
});

test('has neighbours in its directory or under its prefix', () => {
  assert.equal(besideLocation(fileAt('/b/c'), 'd'), fileAt('/b/d'));
  assert.equal(besideLocation(fileAt('c'), 'd'), fileAt('d'));
  assert.equal(besideLocation(objectAt('jaco/c'), 'd'), objectAt('jaco/d'));
  assert.equal(besideLocation(standardStream, 'd'), standardStream);
});

test.run();
