import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { namingFile } from '../../../src/domain/archive/archive-naming.js';
import { JacoError } from '../../../src/domain/errors.js';
import { fileAt } from '../../builders/locations.js';
import { failureOf, rejectionOf } from '../refusal.js';

const test = suite('naming the archive of a failure');
const rejected = new JacoError('archive_rejected', 'the archive is not a complete backup: it is cut short.');

test('names a file', async () => {
  const failure = await rejectionOf('archive_rejected', namingFile(fileAt('c.tar.gz'), Promise.reject(rejected)));
  assert.is(failure.message, `c.tar.gz: ${rejected.message}`);
  assert.is(failure.details['archive'], 'c.tar.gz');
});

test('leaves a stream without a name', async () => {
  assert.is(await failureOf(namingFile({ kind: 'standard-stream' }, Promise.reject(rejected))), rejected);
});

test.run();
