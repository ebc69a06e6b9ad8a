import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { placeKeyring } from '../builders/keyrings.js';
import { engineSuite, leading } from './engine.js';
import { backUpAt } from './jaco-program.js';
import { startSandbox } from './sandbox-program.js';

await engineSuite('sealed data directories that go between the sandbox and the engine', (test, engine) => {
  test('the engine opens what the sandbox seals, boots and continues its directory, and the sandbox goes on from there', async () => {
    const keyFile = placeKeyring('ring-1', engine.path('ring-1.json'));
    const dataDirectory = engine.path('solo');
    const bySandbox = async (name: string) => {
      const sandbox = await startSandbox(engine, dataDirectory, ['--name', 'solo', '--key-file', keyFile]);
      const archive = await backUpAt(engine, sandbox.socket, name);
      await sandbox.stop();
      engine.checkSealed(dataDirectory, keyFile);
      return engine.readArchive(archive, { keyFile });
    };
    const first = await bySandbox('first.tar.gz');
    assert.ok(engine.describe(join(dataDirectory, 'raft'), keyFile).entries > 0, 'a log to replay');
    const flags = { 'key-file': keyFile };
    const node = await leading(await engine.start({ id: 'solo', dataDirectory, flags }));
    assert.is((await node.dump()).clusterId, first.state.clusterId);
    await node.write('by-engine', 20);
    const { writes } = await node.dump();
    await node.stop();
    engine.checkSealed(dataDirectory, keyFile);
    assert.equal((await bySandbox('second.tar.gz')).state.writes, writes);
  });
});
