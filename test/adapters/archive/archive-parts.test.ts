import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readArchiveParts } from '../../../src/adapters/archive/archive-parts.js';
import { inChunksOf, streamOf, watchedStream } from '../../builders/byte-streams.js';
import { refusalOf, thrownBy } from '../../builders/outcome.js';
import { noise } from '../../builders/snapshot-bytes.js';
import { metadataJson, metadataWith } from '../../builders/snapshot-metadata.js';
import { metadataEntry, snapshotEntry, type TarEntry, tar, tarGzip } from '../../builders/tar-gzip-archive.js';

const test = suite('the parts of an archive');

const limits = { snapshotBytes: 1_000_000 };
const meta = metadataEntry(metadataWith());
const state = snapshotEntry('state');

const partsOf = async (archive: AsyncIterable<Uint8Array>) => {
  const parts: string[] = [];
  for await (const part of readArchiveParts(archive, limits)) {
    parts.push(`${part.kind} ${part.kind === 'snapshot-begins' ? part.sizeBytes : Buffer.from(part.bytes)}`);
  }
  return parts;
};
const partsOfTar = (tarBytes: Uint8Array) => partsOf(streamOf(gzipSync(tarBytes)));
const reasonFor = async (tarBytes: Uint8Array) => {
  const refusal = await refusalOf(partsOfTar(tarBytes));
  assert.is(refusal.code, 'archive_rejected');
  return refusal.message.replace(/^.*: /, '');
};
const reasonForEntries = async (...entries: readonly TarEntry[]) => reasonFor(await tar(...entries));

test('come in the order in which they stand there', async () => {
  const [metadata, snapshot] = [[`metadata ${metadataJson(metadataWith())}`], ['snapshot-begins 5', 'snapshot state']];
  assert.equal(await partsOfTar(await tar(meta, state)), [...metadata, ...snapshot]);
  assert.equal(await partsOfTar(await tar(state, meta)), [...snapshot, ...metadata]);
});

test('give a large snapshot in pieces, complete and in order', async () => {
  const bytes = noise(900_000);
  const archive = await tarGzip(snapshotEntry(bytes), meta);
  const pieces: Uint8Array[] = [];
  for await (const part of readArchiveParts(inChunksOf(10_000, archive), limits)) {
    if (part.kind === 'snapshot') pieces.push(part.bytes);
  }
  assert.ok(pieces.length > 1);
  assert.ok(Buffer.concat(pieces).equals(bytes));
});

test('may carry any mode, owner and time', async () => {
  const header = { mode: 0o644, uid: 1_000, gid: 1_000, uname: 'jaco', mtime: new Date(0) };
  assert.is((await partsOfTar(await tar({ ...meta, header }, { ...state, header }))).length, 3);
});

test('are refused when one is missing', async () => {
  assert.is(await reasonForEntries(meta), 'snapshot.bin is missing.');
  assert.is(await reasonForEntries(state), 'meta.json is missing.');
});

test('are refused when one comes twice', async () => {
  assert.is(await reasonForEntries(meta, state, state), 'it holds snapshot.bin twice.');
  assert.is(await reasonForEntries(meta, meta, state), 'it holds meta.json twice.');
});

for (const name of ['other', './meta.json', '/meta.json', '../meta.json', 'meta.json/', 'META.JSON', 'x'.repeat(99)]) {
  test(`are refused with another entry ${name.slice(0, 20)}`, async () => {
    assert.match(
      await reasonForEntries(meta, { name, content: '' }, state),
      /^it holds an entry ".*" that no backup has/,
    );
  });
}

test('are refused with another entry, whose name is escaped for the terminal', async () => {
  assert.not.match(await reasonForEntries({ name: 'a\u001b[2J', content: '' }, meta, state), '\u001b');
});

for (const type of ['directory', 'symlink', 'link', 'fifo', 'character-device'] as const) {
  test(`are refused when one is a ${type}`, async () => {
    const linkname = type === 'symlink' || type === 'link' ? { linkname: '/etc/passwd' } : {};
    const special: TarEntry = { name: 'snapshot.bin', content: '', header: { type, ...linkname } };
    assert.is(await reasonForEntries(meta, special), 'its entry snapshot.bin is not a plain file.');
  });
}

test('are refused when the metadata claims to be large, before it is read', async () => {
  const reason = await reasonForEntries({ name: 'meta.json', content: ' '.repeat(65_537) }, state);
  assert.match(reason, /^its meta\.json claims 65537 bytes, more than the 65536/);
});

test('are refused when the snapshot claims more than the limit, before it is read', async () => {
  const claiming = Buffer.from(await tar(meta, state));
  const header = claiming.indexOf('snapshot.bin');
  // The size, and the checksum of the header with its own field as spaces (POSIX.1, pax, "ustar Interchange Format").
  claiming.write('00003641101\0', header + 124);
  claiming.fill(' ', header + 148, header + 156);
  const sum = claiming.subarray(header, header + 512).reduce((total, byte) => total + byte, 0);
  claiming.write(`${sum.toString(8).padStart(6, '0')}\0 `, header + 148);
  const refusal = await refusalOf(partsOfTar(claiming));
  assert.is(refusal.code, 'archive_too_large');
  assert.match(refusal.message, /1000001 bytes, more than the limit of 1000000/);
  assert.equal(refusal.remedies, [{ kind: 'raise-limit', parameter: 'maxSnapshotSize' }]);
});

test('are refused when a header was changed', async () => {
  const damaged = Buffer.from(await tar(meta, state));
  // The second header follows the first and the one block of the metadata.
  damaged.write('x', 1_024 + 10);
  assert.is(await reasonFor(damaged), 'the checksum of a header is wrong.');
});

test('are refused when the tar ends early, at a block or inside one', async () => {
  const whole = await tar(meta, state);
  for (const missing of [1, 511, 512, 1_024, 1_025, 1_536, 2_048, whole.length]) {
    assert.match(await reasonFor(whole.subarray(0, -missing)), /tar|missing|empty/, `${missing} bytes`);
  }
});

test('are refused when anything but zeros follows the end of the tar', async () => {
  const whole = await tar(meta, state);
  await reasonFor(Buffer.concat([whole, Buffer.alloc(512, 'x')]));
  await reasonFor(Buffer.concat([whole, await tar({ name: 'other', content: '' })]));
  await reasonFor(Buffer.concat([whole, await tar(state)]));
});

test('may be padded with zero blocks, as tar(1) does', async () => {
  assert.is((await partsOfTar(Buffer.concat([await tar(meta, state), new Uint8Array(8_192)]))).length, 3);
});

test('let the archive go when the taking is given up', async () => {
  const archive = await tarGzip(meta, snapshotEntry(noise(900_000)));
  const { seen, stream } = watchedStream(inChunksOf(10_000, archive));
  for await (const _ of readArchiveParts(stream, limits)) break;
  assert.is(seen.ended, true);
  assert.ok(seen.pulled < 80, `${seen.pulled} of 90 pulled`);
});

test('let the archive go when it is refused', async () => {
  const archive = await tarGzip({ name: 'other', content: noise(900_000) });
  const { seen, stream } = watchedStream(inChunksOf(10_000, archive));
  await thrownBy(partsOf(stream));
  assert.is(seen.ended, true);
  assert.ok(seen.pulled < 80, `${seen.pulled} of 90 pulled`);
});

test.run();
