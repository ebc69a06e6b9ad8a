import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Engine, eventually, leading } from './engine.js';
import type { EngineNode, NodeOptions } from './engine-node.js';
import { jacoSucceeds } from './jaco-program.js';

/** AUDIT_EVENT_TYPE_RESTORE_COMPLETED. */
const restoreCompleted = 14;

/** A data directory that `jaco recover` made, as the options of the node that will boot it. */
export interface Recovered extends NodeOptions {
  readonly raftAddress: string;
}

/** The flag of the keyring under which a node's store is sealed; none for a plain one. */
export function keyFlags(node: EngineNode): readonly string[] {
  const keyFile = node.options.flags?.['key-file'];
  return keyFile === undefined ? [] : ['--key-file', String(keyFile)];
}

/** Recovers from a node's disk, which stays as it was, as node `id`. */
export async function recover(engine: Engine, node: EngineNode, id: string): Promise<Recovered> {
  const dataDirectory = engine.path(id);
  const raftAddress = await engine.freeAddress();
  const log = readFileSync(join(node.options.dataDirectory, 'raft/log.db'));
  await jacoSucceeds(
    engine,
    ...['recover', '--from', node.options.dataDirectory, '--name', id, '--data-dir', dataDirectory, ...keyFlags(node)],
    ...['--advertise-addr', raftAddress, '--socket', engine.path('absent.sock'), '--no-identity'],
  );
  assert.ok(readFileSync(join(node.options.dataDirectory, 'raft/log.db')).equals(log), 'the source has changed');
  const [, keyFile] = keyFlags(node);
  return { id, dataDirectory, raftAddress, ...(keyFile === undefined ? {} : { flags: { 'key-file': keyFile } }) };
}

/** The names of the writes in a cluster that was recovered from a node's disk, once it leads as its single voter. */
export async function recoveredWrites(engine: Engine, from: EngineNode, id: string): Promise<ReadonlySet<string>> {
  const recovered = await recover(engine, from, id);
  const node = await leading(await engine.start(recovered));
  const { configuration } = await node.stats();
  assert.equal(configuration, [{ id, address: recovered.raftAddress, suffrage: 'Voter' }]);
  const restores = await eventually(`${id} records the recovery`, async () => {
    const events = (await node.dump()).audit.filter(({ type }) => type === restoreCompleted);
    return events.length > 0 && events;
  });
  assert.is(restores.length, 1);
  const { writes } = await node.dump();
  await node.kill();
  return new Set(writes.map(({ name }) => name));
}
