import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JacoError } from '../../../src/domain/errors.js';
import { previewRestore } from '../../../src/domain/restore/preview-restore.js';
import { restoreArchive } from '../../../src/domain/restore/restore-archive.js';
import { warningOf } from '../../../src/domain/warning.js';
import { inMemoryAuthority } from '../../fakes/in-memory-node-identity-writer.js';
import { recordedNode } from '../builders.js';
import { clusterRecord, field } from '../state/state-encoder.js';
import { type RestoreSetting, restoreStage, wish } from './restore-stage.js';

const test = suite('restoreArchive, of the node’s identity and the nodes that must rejoin');
const never = new AbortController().signal;

const { certificate, key } = inMemoryAuthority('the CA');
const cluster = clusterRecord(field(1, 'c-1'), field(2, certificate), field(3, key));
const node = (hostname: string, address: string) => field(2, Buffer.concat([field(1, hostname), field(2, address)]));
const members = [node('node-1', '10.0.0.1:7001'), node('node-2', '10.0.0.2:7001'), node('node-3', '10.0.0.3:7001')];
const directory = '/var/lib/jaco/node';

const restored = (setting: RestoreSetting = {}) => restoreStage({ snapshot: [cluster, ...members], ...setting });

test('gives the node a certificate for its name, advertised addresses, loopback and interfaces, signed by the CA', async () => {
  const interfaces = ['10.0.0.7', 'fd00::7', 'fe80::7', '169.254.1.1'].map((address) => ({
    ...{ name: 'eth0', address, internal: false },
  }));
  const stage = restored({
    interfaces: [...interfaces, { name: 'lo', address: '10.0.0.8', internal: true }],
    configuration: { clusterAddress: 'node-1.example:7001', listenAddress: '10.0.0.6:7000' },
    resolved: { 'node-1.example': '10.0.0.5' },
  });
  const outcome = await restoreArchive(stage.ports, wish({ identity: true }), never);
  assert.equal(outcome.identityFiles, ['node/ca.crt', 'node/node-1.crt', 'node/node-1.key']);
  assert.is(stage.identities.installed.get(`${directory}/ca.crt`)?.text, 'the CA');
  assert.is(
    stage.identities.installed.get(`${directory}/node-1.crt`)?.text,
    'node-1 for node-1 10.0.0.5 10.0.0.6 node-1.example localhost 127.0.0.1 ::1 10.0.0.7 fd00::7 by the CA',
  );
});

test('names it after the node’s new name, and makes it the data directory owner’s', async () => {
  const stage = restored({ inspection: { owner: { uid: 996, gid: 994 } } });
  await restoreArchive(stage.ports, wish({ identity: true, name: 'recovered' }), never);
  const entry = stage.identities.installed.get(`${directory}/recovered.key`);
  assert.equal(entry?.owner, { uid: 996, gid: 994 });
  assert.is(entry?.mode, 0o600);
});

test('forgets how to take the identity back once the store is committed', async () => {
  const stage = restored();
  await restoreArchive(stage.ports, wish({ identity: true }), never);
  assert.is(stage.identities.waiting.size, 0);
  assert.is(stage.identities.installed.size, 4);
});

test('makes no identity if none is wanted, without a warning', async () => {
  const stage = restored();
  const outcome = await restoreArchive(stage.ports, wish(), never);
  assert.equal(outcome.identityFiles, []);
  assert.is(stage.identities.installed.size, 0);
  assert.equal(outcome.warnings, outcome.plan.warnings);
});

for (const [what, record] of [
  ['a CA key', clusterRecord(field(1, 'c-1'), field(2, certificate))],
  ['a CA certificate', clusterRecord(field(1, 'c-1'), field(3, key))],
] as const) {
  test(`makes no identity without ${what} in the state, and says so`, async () => {
    const stage = restoreStage({ snapshot: [record] });
    const { identityFiles, warnings } = await restoreArchive(stage.ports, wish({ identity: true }), never);
    assert.equal(identityFiles, []);
    assert.is(stage.identities.installed.size, 0);
    assert.equal(warnings.filter(({ sentence }) => sentence.includes('the state holds no CA')).length, 1);
  });
}

test('clears away what a killed restore left even if it makes no identity', async () => {
  for (const changes of [{ identity: false }, { identity: true }]) {
    const stage = restoreStage({ snapshot: [clusterRecord(field(1, 'c-1'))] });
    const wanted = { hosts: ['killed'], authority: inMemoryAuthority('another CA') };
    const left = { dataDirectory: '/var/lib/jaco', name: 'killed', wanted, owner: undefined };
    await (await stage.identities.stage(left)).install();
    await restoreArchive(stage.ports, wish(changes), never);
    assert.is(stage.identities.installed.size + stage.identities.waiting.size, 0);
  }
});

test('passes on the warnings of the identity’s writer, after those of the plan', async () => {
  const stage = restored();
  stage.identities.installed.set(directory, { text: undefined, mode: 0o700, owner: undefined });
  stage.identities.installed.set(`${directory}/ca.crt`, { text: 'another CA', mode: 0o644, owner: undefined });
  const outcome = await restoreArchive(stage.ports, wish({ identity: true, name: 'recovered' }), never);
  assert.equal(outcome.warnings, [...outcome.plan.warnings, warningOf('ca.crt was kept and is another one')]);
  assert.equal(outcome.identityFiles, ['node/recovered.crt', 'node/recovered.key']);
});

test('lists every other node of the state as one that must rejoin', async () => {
  const { rejoin } = await restoreArchive(restored().ports, wish(), never);
  assert.equal(rejoin, [recordedNode('node-2', '10.0.0.2:7001'), recordedNode('node-3', '10.0.0.3:7001')]);
});

test('lists the node itself where it is restored under another name', async () => {
  const { rejoin } = await restoreArchive(restored().ports, wish({ name: 'recovered' }), never);
  assert.equal(
    rejoin.map(({ hostname }) => hostname),
    ['node-1', 'node-2', 'node-3'],
  );
});

test('lists no nodes if the node was alone', async () => {
  const stage = restoreStage({ snapshot: [cluster, node('node-1', '10.0.0.1:7001')] });
  assert.equal((await restoreArchive(stage.ports, wish(), never)).rejoin, []);
});

test('announces which nodes must rejoin, and lists identity files among those to write', async () => {
  const stage = restored();
  const { rejoin, identityFiles } = await previewRestore(stage.ports, wish({ identity: true }), never);
  assert.equal(
    rejoin.map(({ hostname }) => hostname),
    ['node-2', 'node-3'],
  );
  assert.equal(identityFiles, ['node/ca.crt', 'node/node-1.crt', 'node/node-1.key']);
  assert.is(stage.identities.installed.size + stage.identities.waiting.size, 0);
});

test('announces which identity files are kept, and warns as the restore will', async () => {
  const stage = restored();
  stage.identities.installed.set(directory, { text: undefined, mode: 0o700, owner: undefined });
  stage.identities.installed.set(`${directory}/node-1.key`, { text: 'mine', mode: 0o600, owner: undefined });
  const preview = await previewRestore(stage.ports, wish({ identity: true }), never);
  const outcome = await restoreArchive(stage.ports, wish({ identity: true }), never);
  assert.equal(preview.identityFiles, ['node/ca.crt']);
  assert.equal(outcome.identityFiles, preview.identityFiles);
  assert.ok(preview.warnings.some(({ sentence }) => sentence.includes('is a key without its certificate node-1.crt')));
  assert.equal(outcome.warnings, preview.warnings);
});

test('announces no files if no identity is wanted', async () => {
  assert.equal((await previewRestore(restored().ports, wish(), never)).identityFiles, []);
});

test('announces that identity files cannot be read, and continues', async () => {
  const { ports } = restored();
  const closed = new JacoError('permission_denied', 'cannot read /var/lib/jaco/node: permission denied.');
  const identity = { ...ports.identity, preview: () => Promise.reject(closed) };
  const { identityFiles, warnings } = await previewRestore({ ...ports, identity }, wish({ identity: true }), never);
  assert.equal(identityFiles, []);
  assert.ok(
    warnings.some(({ sentence }) => sentence === `what would be made of an identity cannot be told: ${closed.message}`),
  );
});

test('does not report a bug as files that cannot be read', async () => {
  const { ports } = restored();
  const identity = { ...ports.identity, preview: () => Promise.reject(new TypeError('a fault')) };
  const failure = await previewRestore({ ...ports, identity }, wish({ identity: true }), never).catch((error) => error);
  assert.instance(failure, TypeError);
});

test.run();
