import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { placeKeyring, type RingName } from '../builders/keyrings.js';
import { calmElections, caughtUp, type Engine, engineSuite, leading } from './engine.js';
import type { EngineNode } from './engine-node.js';
import { backUp, jaco, jacoSucceeds, type RestoredNode, restoreAs } from './jaco-program.js';

const restoreCompleted = 14;
const flagsOf = (keyFile: string) => ({ 'key-file': keyFile });

await engineSuite(
  "sealed archives: the engine's side boots what we restore, and we read what it backs up",
  (test, engine) => {
    const ring = (name: RingName): string => placeKeyring(name, engine.path(`${name}.json`));

    /** A sealed cluster of one, with 300 writes, a backup, and its end. */
    async function backedUp(keyFile: string) {
      const [node] = await engine.startCluster(1, flagsOf(keyFile));
      await node.write('before', 300, { sizeBytes: 100 });
      const path = await backUp(engine, node, 'sealed.tar.gz');
      await node.kill();
      return { path, archive: engine.readArchive(path, { keyFile }) };
    }

    test('the restored store is one to boot from, and comes up as the single voter with the state of the archive', async () => {
      const keyFile = ring('ring-1');
      const { path, archive } = await backedUp(keyFile);
      const primed = await restoreAs(engine, path, 'recovered', { flags: ['--key-file', keyFile] });
      engine.checkSealed(primed.dataDirectory, keyFile);
      const node = await bootSealed(engine, primed, keyFile);
      const [{ configuration, term }, state] = [await node.stats(), await node.dump()];
      assert.equal(configuration, [{ id: 'recovered', address: primed.raftAddress, suffrage: 'Voter' }]);
      assert.ok(term > archive.snapshotTerm);
      assert.is(state.restored.digest, archive.state.digest);
      assert.equal(state.writes, archive.state.writes);
      assert.ok(state.nodes.some(({ hostname }) => hostname === 'recovered'));
    });

    test('the first command is applied once, through kills, snapshots and restarts', async () => {
      const keyFile = ring('ring-1');
      const { path } = await backedUp(keyFile);
      let node = await bootSealed(
        engine,
        await restoreAs(engine, path, 'recovered', { flags: ['--key-file', keyFile] }),
        keyFile,
      );
      for (let round = 0; round < 3; round++) {
        await node.write(`round-${round}`, 50);
        if (round === 1) await node.snapshot();
        await node.kill();
        engine.checkSealed(node.options.dataDirectory, keyFile);
        node = await leading(await engine.startAgain(node));
        assert.is(await completions(node), 1);
      }
      assert.is((await node.dump()).writes.length, 450);
    });

    test('a node with the same ring joins the restored one, gets the snapshot that we sealed, and takes over', async () => {
      const keyFile = ring('ring-1');
      const { path, archive } = await backedUp(keyFile);
      const primed = await restoreAs(engine, path, 'recovered', { flags: ['--key-file', keyFile] });
      const restored = await bootSealed(engine, primed, keyFile, calmElections);
      const fresh = await engine.start({ id: 'fresh', flags: { ...flagsOf(keyFile), ...calmElections } });
      await restored.add(fresh);
      await caughtUp(fresh, restored);
      assert.is((await fresh.dump()).restored.digest, archive.state.digest);
      await restored.transferTo(fresh);
      await leading(fresh);
      await fresh.stop();
      engine.checkSealed(fresh.options.dataDirectory, keyFile);
    });

    test('what the restored node backs up is read by inspect, diff, a drill and another restore', async () => {
      const keyFile = ring('ring-1');
      const { path } = await backedUp(keyFile);
      const node = await bootSealed(
        engine,
        await restoreAs(engine, path, 'recovered', { flags: ['--key-file', keyFile] }),
        keyFile,
      );
      await node.write('after', 30);
      const again = await backUp(engine, node, 'again.tar.gz');
      const { seal } = JSON.parse(await jacoSucceeds(engine, 'inspect', again, '--key-file', keyFile, '-o', 'json'));
      assert.equal(seal, { key_id: 'cluster-v1', keyring: 'opens' });
      const difference = JSON.parse(
        await jacoSucceeds(engine, 'diff', path, again, '--key-file', keyFile, '-o', 'json'),
      );
      assert.is(difference.same_cluster, true);
      assert.is(difference.kinds.find(({ kind }: { kind: string }) => kind === 'audit_events').removed, 0);
      // A ring that keeps the old keys serves as well.
      for (const key of [keyFile, ring('ring-2')]) {
        const drilled = await jacoSucceeds(engine, ...['drill', '--input', again, '--key-file', key], '-o', 'json');
        assert.is(JSON.parse(drilled).restores, true);
      }
      await node.kill();
      const third = await bootSealed(
        engine,
        await restoreAs(engine, again, 'third', { flags: ['--key-file', keyFile] }),
        keyFile,
      );
      assert.is((await third.dump()).writes.length, 330);
      assert.is(await completions(third), 2);
    });

    test('a cluster moves to another ring by restore, and its old backups by re-encryption', async () => {
      const [old, next] = [ring('ring-1'), ring('ring-2')];
      const { path, archive } = await backedUp(old);
      const node = await bootSealed(
        engine,
        await restoreAs(engine, path, 'recovered', { flags: ['--key-file', next] }),
        next,
      );
      assert.is((await node.dump()).restored.digest, archive.state.digest);
      assert.throws(() => engine.checkSealed(node.options.dataDirectory, old), /under the key cluster-v2|another ring/);
      await reencrypt(engine, path, 'rotated.tar.gz', '--key-file', old, '--new-key-file', next);
      assert.equal(engine.readArchive(engine.path('rotated.tar.gz'), { keyFile: next }), archive);
      assert.throws(() => engine.readArchive(engine.path('rotated.tar.gz'), { keyFile: old }), /cluster-v2/);
      const rotated = await restoreAs(engine, engine.path('rotated.tar.gz'), 'rotated', {
        flags: ['--key-file', next],
      });
      assert.is((await (await bootSealed(engine, rotated, next)).dump()).restored.digest, archive.state.digest);
    });

    test('a plain cluster moves to a sealed one: its backup is sealed, restored, booted and goes on', async () => {
      const keyFile = ring('ring-1');
      const [plain] = await engine.startCluster(1);
      await plain.write('before', 100);
      const path = await backUp(engine, plain, 'plain.tar.gz');
      await plain.kill();
      await reencrypt(engine, path, 'sealed.tar.gz', '--key-file', keyFile, '--allow-legacy-plaintext');
      const [was, is] = [engine.readArchive(path), engine.readArchive(engine.path('sealed.tar.gz'), { keyFile })];
      assert.equal(is, was);
      const primed = await restoreAs(engine, engine.path('sealed.tar.gz'), 'recovered', {
        flags: ['--key-file', keyFile],
      });
      const node = await bootSealed(engine, primed, keyFile);
      assert.is((await node.dump()).restored.digest, was.state.digest);
      assert.is(await completions(node), 1);
      await node.write('after', 10);
    });

    test('a plain backup, restored straight into a sealed store, is booted and goes on', async () => {
      const keyFile = ring('ring-1');
      const [plain] = await engine.startCluster(1);
      await plain.write('before', 100);
      const path = await backUp(engine, plain, 'plain.tar.gz');
      await plain.kill();
      const flags = ['--key-file', keyFile, '--allow-plain'];
      const primed = await restoreAs(engine, path, 'recovered', { flags });
      engine.checkSealed(primed.dataDirectory, keyFile);
      const node = await bootSealed(engine, primed, keyFile);
      assert.is((await node.dump()).restored.digest, engine.readArchive(path).state.digest);
      assert.is(await completions(node), 1);
      await node.write('after', 10);
      await node.kill();
      engine.checkSealed(primed.dataDirectory, keyFile);
    });

    test('without its ring, and under another of the same name, nothing is restored', async () => {
      const { path } = await backedUp(ring('ring-1'));
      const restoring = ['restore', '--input', path, '--name', 'n', '--data-dir', engine.path('n')];
      const rest = [
        '--daemon-version',
        '0.0.1-dev',
        '--advertise-addr',
        '127.0.0.1:7001',
        '--socket',
        engine.path('absent.sock'),
      ];
      assert.match((await jaco(engine, ...restoring, ...rest)).stderr, 'no keyring is at hand');
      const other = await jaco(engine, ...restoring, ...rest, '--key-file', ring('other-ring'));
      assert.match(other.stderr, 'of the keyring at hand does not open it');
      assert.throws(() => engine.describe(join(engine.path('n'), 'raft')));
    });
  },
);

async function bootSealed(
  engine: Engine,
  primed: RestoredNode,
  keyFile: string,
  flags: Readonly<Record<string, string>> = {},
): Promise<EngineNode> {
  return leading(await engine.start({ ...primed, flags: { ...flagsOf(keyFile), ...flags } }));
}

async function reencrypt(engine: Engine, input: string, name: string, ...flags: readonly string[]): Promise<void> {
  await jacoSucceeds(engine, 'state', 'reencrypt-backup', '--input', input, '--file', engine.path(name), ...flags);
}

async function completions(node: EngineNode): Promise<number> {
  return (await node.dump()).audit.filter(({ type }) => type === restoreCompleted).length;
}
