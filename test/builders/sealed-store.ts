import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { openBoltFile } from '../../src/adapters/raft/bolt-reader.js';
import { damageOf } from '../../src/adapters/raft/damaged-store.js';
import { openRaftStore } from '../../src/adapters/raft/raft-store-reader.js';
import { encodeSnapshotName, parseSnapshotMeta } from '../../src/adapters/raft/snapshot-meta.js';
import { keyringOf, type RingName } from './keyrings.js';
import { openEnvelope, possessionProof } from './sealed-envelope.js';

/** What a newer daemon finds in a store that is its own. */
export interface OpenedStore {
  /** Of the newest snapshot. All are opened. */
  readonly state: Buffer;
  /** The data of each entry of the log. */
  readonly commands: readonly Buffer[];
}

const entryTypes = ['command', 'noop', 'add-peer', 'remove-peer', 'barrier', 'configuration'];

/** The ring as an independent reader of the format wants it. */
function bookRing(name: RingName) {
  const { active, keys } = keyringOf(name);
  return { active, keys: Object.fromEntries([...keys].map(([id, key]) => [id, key.export().toString('base64')])) };
}

/**
 * Opens a raft directory as a newer daemon with that ring does, by a reader of the format that shares nothing with ours.
 * @throws Error  the daemon would refuse it
 */
export async function openSealedStore(raft: string, name: RingName): Promise<OpenedStore> {
  const ring = bookRing(name);
  requireNames(raft, ['log.db', 'snapshots']);
  const bolt = await openBoltFile(createNodeFileSystem(), join(raft, 'log.db'));
  const format = await bolt.get('conf', Buffer.from('jaco:encrypted-state:v1'));
  await bolt.close();
  if (format === undefined) throw new Error('no format key');
  const expected = Buffer.concat([Buffer.from('encrypted-state-v1\0'), possessionProof(ring)]);
  if (!openEnvelope(format, 'raft-format', ring).equals(expected)) throw new Error('the proof is of another ring');
  const store = await openRaftStore(createNodeFileSystem(), raft);
  try {
    const commands: Buffer[] = [];
    for await (const stored of store.entries(0n)) {
      const { index, term, type, data, extensions } = store.readEntry(stored);
      if (extensions.length > 0) throw new Error('extensions in the open');
      const opened = openEnvelope(data, `raft-log-file:${index}:${term}:${entryTypes.indexOf(type)}`, ring);
      const content = opened.subarray(8, 8 + Number(opened.readBigUInt64BE()));
      if (type === 'command') commands.push(openEnvelope(content, 'raft-command', ring));
    }
    // Terms and indexes have as many digits here, so that the names have the order of the snapshots.
    const ids = readdirSync(join(raft, 'snapshots')).sort();
    const state = ids.map((id) => stateIn(join(raft, 'snapshots', id), ring)).at(-1);
    if (state === undefined) throw new Error('no snapshot');
    return { state, commands };
  } finally {
    await store.close();
  }
}

function stateIn(directory: string, ring: ReturnType<typeof bookRing>): Buffer {
  requireNames(directory, ['meta.json', 'state.bin']);
  const meta = parseSnapshotMeta(readFileSync(join(directory, 'meta.json')), damageOf(directory));
  const sealed = readFileSync(join(directory, 'state.bin'));
  if (sealed.length !== meta.sizeBytes) throw new Error('another size');
  const purpose = Buffer.concat([Buffer.from('raft-snapshot-file:'), encodeSnapshotName(meta)]);
  return openEnvelope(openEnvelope(sealed, purpose, ring), 'raft-snapshot', ring);
}

function requireNames(directory: string, names: readonly string[]): void {
  const found = readdirSync(directory).sort();
  if (found.join() !== names.join()) throw new Error(`${directory} holds ${found.join()}`);
}
