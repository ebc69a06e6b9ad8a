import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Digest } from '../../../src/adapters/host/sha256-digest.js';
import { diffArchives } from '../../../src/domain/archive/diff-archives.js';
import { locationWord } from '../../../src/domain/values/archive-location.js';
import type { BackupStore } from '../../../src/ports/backup-store.js';
import { fileAt, standardStream } from '../../builders/locations.js';
import { encodeInMemoryArchive, type InMemoryFile } from '../../fakes/in-memory-archive.js';
import { createInMemoryArchiveReader } from '../../fakes/in-memory-archive-reader.js';
import { createInMemoryBackupStore } from '../../fakes/in-memory-backup-store.js';
import { metadata } from '../builders.js';
import { rejectionOf } from '../refusal.js';
import { stateOf } from '../state/state-encoder.js';

const test = suite('how diffArchives reads');

const never = new AbortController().signal;
const wish = { oldArchive: fileAt('/old'), newArchive: fileAt('/new') };
const whole: InMemoryFile = { bytes: encodeInMemoryArchive(metadata(), stateOf('c-1')), mode: 0o600 };

function portsOver(files: Map<string, InMemoryFile>) {
  return {
    store: createInMemoryBackupStore(files),
    archives: createInMemoryArchiveReader(),
    digest: sha256Digest,
    salt: Buffer.alloc(16, 's'),
  };
}

test('names a missing archive once', async () => {
  const ports = portsOver(new Map());
  const pending = diffArchives(ports, { oldArchive: fileAt('/a'), newArchive: fileAt('/b') }, never);
  assert.is((await rejectionOf('archive_unreadable', pending)).message.split('/a').length, 2);
});

test('calls the archive that is piped in standard input', async () => {
  const files = new Map([['-', { bytes: Buffer.from('no archive'), mode: 0o600 }]]);
  const ports = portsOver(files);
  const pending = diffArchives(ports, { oldArchive: standardStream, newArchive: fileAt('/b') }, never);
  assert.match((await rejectionOf('archive_rejected', pending)).message, /^standard input: /);
});

test('rethrows an unexpected error', async () => {
  const bug = new Error('a bug');
  const store = { open: () => Promise.reject(bug) };
  const pending = diffArchives({ ...portsOver(new Map()), store }, wish, never);
  assert.is(await pending.catch((error: unknown) => error), bug);
});

test('reads each archive once, and closes it', async () => {
  const events: string[] = [];
  const files = new Map(['/old', '/new'].map((path) => [path, whole]));
  const kept = createInMemoryBackupStore(files);
  const store: Pick<BackupStore, 'open'> = {
    async open(location, signal, options) {
      const path = locationWord(location);
      events.push(options?.fingerprint === true ? `open ${path}, and take its fingerprint` : `open ${path}`);
      const opened = await kept.open(location, signal, options);
      return { ...opened, close: async () => void events.push(`close ${path}`) };
    },
  };
  await diffArchives({ ...portsOver(files), store }, wish, never);
  assert.equal(events, ['open /old', 'close /old', 'open /new', 'close /new']);
});

test.run();
