import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tar } from '../builders/tar-gzip-archive.js';
import { jacoSucceeds, runJaco } from '../cli/jaco-process.js';
import { startSandbox } from '../cli/running-sandbox.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { skipCases } from '../skipping.js';
import { archiveReaders, whatIsIn } from './archive-readers.js';
import { readerTable } from './reader-table.js';

const test = suite('archives in the hands of other readers');
const scratch = sharedScratchFor(test);

/** Where the first entry's content begins, and where snapshot.bin's header does, in the sandbox's tar. */
const blockBytes = 512;

interface Form {
  readonly bytes: Uint8Array;
  /** What a reader finds. */
  readonly content: string;
}

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] as number) ^ 0x01;
  return copy;
}

/** The archive in all its forms, as the rows of the table are called. */
async function formsOf(archive: Uint8Array): Promise<Readonly<Record<string, Form>>> {
  const plain = gunzipSync(archive);
  const metadataBytes = Number.parseInt(plain.subarray(124, 135).toString(), 8);
  const metadata = plain.subarray(blockBytes, blockBytes + metadataBytes);
  const snapshotHeader = blockBytes + Math.ceil(metadataBytes / blockBytes) * blockBytes;
  const snapshotBytes = Number.parseInt(plain.subarray(snapshotHeader + 124, snapshotHeader + 135).toString(), 8);
  const snapshot = plain.subarray(snapshotHeader + blockBytes, snapshotHeader + blockBytes + snapshotBytes);
  const inOrder = [
    { name: 'meta.json', content: metadata },
    { name: 'snapshot.bin', content: snapshot },
  ] as const;
  const content = whatIsIn(inOrder.map(({ name, content: bytes }) => [name, bytes]));
  const form = (bytes: Uint8Array) => ({ bytes, content });
  // Stored instead of deflated, so that a byte of the file is one of the content.
  const stored = gzipSync(plain, { level: 0 });
  const inSnapshot = stored.indexOf(snapshot.subarray(0, 32));
  const more = { name: 'notes.txt', content: 'a note' };
  return {
    'as the sandbox sends it': form(archive),
    'snapshot.bin first': form(gzipSync(await tar(inOrder[1], inOrder[0]))),
    'cut in the middle': form(archive.subarray(0, archive.length / 2)),
    'without its last 8 bytes': form(archive.subarray(0, -8)),
    'a byte of the state changed': form(changed(stored, inSnapshot + 40)),
    'its CRC-32 changed': form(changed(archive, archive.length - 8)),
    '1 KiB of zeros behind it': form(Buffer.concat([archive, Buffer.alloc(1024)])),
    'a line of text behind it': form(Buffer.concat([archive, Buffer.from('one line of text\n')])),
    'an empty gzip member behind it': form(Buffer.concat([archive, gzipSync('')])),
    'in two gzip members': form(
      Buffer.concat([plain.subarray(0, 700), plain.subarray(700)].map((part) => gzipSync(part))),
    ),
    'the tar without its end': form(
      gzipSync(plain.subarray(0, snapshotHeader + blockBytes + Math.ceil(snapshotBytes / blockBytes) * blockBytes)),
    ),
    'a header with a wrong sum': form(gzipSync(changed(plain, snapshotHeader + 100))),
    'a third file': {
      bytes: gzipSync(await tar(...inOrder, more)),
      content: whatIsIn([...inOrder, more].map(({ name, content: bytes }) => [name, Buffer.from(bytes)])),
    },
  };
}

async function sandboxArchive(): Promise<Uint8Array> {
  const sandbox = await startSandbox(scratch.path('data'));
  try {
    await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', scratch.path('archive.tar.gz')]);
  } finally {
    await sandbox.stop();
  }
  return readFileSync(scratch.path('archive.tar.gz'));
}

const table = readerTable('archive');
const forms = await formsOf(await sandboxArchive());
const paths = Object.entries(forms).map(([, { bytes }], position) => {
  const path = scratch.path(`form-${position}.tar.gz`);
  writeFileSync(path, bytes);
  return path;
});
const column = (name: string) => table.column(name).map((cell, row) => [table.things[row], cell]);

for (const reader of archiveReaders) {
  const missing = reader.missing();
  if (missing !== undefined) skipCases(`what ${reader.name} makes of archives: ${missing}`);
  else {
    test(`${reader.name} treats each form as the table says`, () => {
      const found = reader.read(paths, scratch.directory(reader.name));
      const told = Object.entries(forms).map(([form, { content }], position) => {
        if (found[position] === undefined) return [form, 'refuses'];
        return [form, sorted(found[position]) === sorted(content) ? 'reads' : 'reads something else'];
      });
      assert.equal(told, column(reader.name));
    });
  }
}

/** A program that extracts files does not keep their order. */
const sorted = (content: string) => content.split(' ').sort().join(' ');

test('we treat each form as the table says', async () => {
  const told: string[][] = [];
  for (const [position, form] of Object.keys(forms).entries()) {
    const { code } = await runJaco(['inspect', paths[position] as string]);
    told.push([form, code === 0 ? 'reads' : 'refuses']);
  }
  assert.equal(told, column('jaco'));
});

test.run();
