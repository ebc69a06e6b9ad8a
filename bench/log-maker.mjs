// Makes the data directory of a node without a snapshot: a log.db of as many entries as asked for, each with a command of about
// so many bytes. A process of its own, like archive-maker.mjs.
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { rename } from 'node:fs/promises';

const adapters = new URL('../build/src/adapters/raft/', import.meta.url).href;
const [{ createLogStoreWriter }, { encodeLogEntry }, { encodeRaftConfiguration }] = await Promise.all(
  ['log-store.js', 'log-entry.js', 'raft-configuration.js'].map((name) => import(adapters + name)),
);

const [directory = '', entryCount = '0', commandBytes = '0'] = process.argv.slice(2);
const last = Number(entryCount);
const voters = ['node-1', 'node-2', 'node-3'].map((id, at) => ({
  suffrage: 'voter',
  id,
  address: `10.0.0.${at + 1}:7001`,
}));
/** jaco.v1.Command: field 10 initialises a cluster, 13 tells a node's status, 32 that of a replica. */
const initialise = field(10, field(1, Buffer.from('3f0c2a52-7d1e-4c57-9a57-2b6f1d0c9e11')));
const heartbeat = field(13, Buffer.concat([field(1, Buffer.from('node-2')), Buffer.from([16, 2])]));
const identity = field(4, Buffer.from('node-1'));
const filler = Buffer.alloc(
  Math.max(Number(commandBytes) - 40, 1),
  'replica state running image registry.example/app ',
);

/** @param {number} number @param {Uint8Array} content */
function field(number, content) {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

/** @param {number} value */
function varint(value) {
  const bytes = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** @param {number} index */
function entryAt(index) {
  const rest = {
    index: BigInt(index),
    term: 2n,
    extensions: new Uint8Array(0),
    appendedAtNanoseconds: 1_795_000_000_000_000_000n + BigInt(index) * 1_000_000n,
  };
  if (index === 1) return encodeLogEntry({ ...rest, type: 'configuration', data: encodeRaftConfiguration(voters) });
  const replica = field(32, field(1, Buffer.concat([filler, Buffer.from(String(index))])));
  const payload = index === 2 ? initialise : index % 10 === 0 ? heartbeat : replica;
  return encodeLogEntry({ ...rest, type: 'command', data: Buffer.concat([identity, payload]) });
}

/** @param {number} pageCount @param {((bytes: Uint8Array) => void) | undefined} write @param {() => Promise<void>} flush */
async function fill(pageCount, write, flush) {
  const writer = createLogStoreWriter({ currentTerm: 2n }, pageCount, write);
  for (let index = 1; index <= last; index += 1) {
    writer.add({ index: BigInt(index), bytes: entryAt(index) });
    if (index % 1000 === 0) await flush();
  }
  return writer.end();
}

mkdirSync(`${directory}/raft/snapshots`, { recursive: true });
const path = `${directory}/raft/log.db`;
const pageCount = await fill(0, undefined, async () => undefined);
const file = createWriteStream(`${path}.part`, { mode: 0o600 });
await fill(
  pageCount,
  (bytes) => void file.write(bytes),
  async () => void (file.writableNeedDrain && (await once(file, 'drain'))),
);
file.end();
await once(file, 'close');
await rename(`${path}.part`, path);
