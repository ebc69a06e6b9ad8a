import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { digestOf } from '../../../src/adapters/identity/file-digest.js';
import { readRecord, renderRecord } from '../../../src/adapters/identity/installation-record.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';

const test = suite('the record of an installation');

/** As objects that are written down are, so that two can be compared. */
const plain = { noNullPrototype: true } as const;

const anyRecord = fc.record(
  {
    makesDirectory: fc.boolean(),
    files: fc.array(
      fc.record({ name: fc.stringMatching(/^[a-z0-9.-]{1,60}$/), digest: fc.uint8Array().map(digestOf) }, plain),
      { maxLength: 3 },
    ),
  },
  plain,
);

test('is read as it was written, and cut short as far as its lines are whole', () =>
  withTemporaryDirectory(async (directory) => {
    const path = join(directory, 'record');
    await fc.assert(
      fc.asyncProperty(anyRecord, fc.nat({ max: 400 }), async (record, cut) => {
        const text = renderRecord(record);
        await writeFile(path, text);
        assert.equal(await readRecord(createNodeFileSystem(), path), record);
        await writeFile(path, text.slice(0, cut));
        const { files } = await readRecord(createNodeFileSystem(), path);
        assert.equal(files, record.files.slice(0, files.length));
      }),
      { numRuns: 60 },
    );
  }));

for (const [what, content] of Object.entries({
  nothing: '',
  zeros: '\0'.repeat(4000),
  'another text': 'directory\nnot a digest  ca.crt\n',
  'a name that leads elsewhere': `${'0'.repeat(64)}  ../../etc/passwd\n`,
  'more than a record can have': `${'0'.repeat(64)}  ca.crt\n`.repeat(100),
})) {
  test(`names no file where it holds ${what}`, () =>
    withTemporaryDirectory(async (directory) => {
      await writeFile(join(directory, 'record'), content);
      assert.equal((await readRecord(createNodeFileSystem(), join(directory, 'record'))).files, []);
    }));
}

test.run();
