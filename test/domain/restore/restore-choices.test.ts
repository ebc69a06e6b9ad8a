import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JacoError } from '../../../src/domain/errors.js';
import { restoreArchive } from '../../../src/domain/restore/restore-archive.js';
import { failureOf } from '../refusal.js';
import { restoreStage, wish } from './restore-stage.js';

const test = suite('what a restore takes from the host');
const never = new AbortController().signal;

const unreadable = new JacoError('configuration_unreadable', 'jacod.yaml is not YAML.');
const throwsUnreadable = () => {
  throw unreadable;
};

for (const { what, given, configuration, dataDirectory, socket, configured } of [
  {
    what: 'the usual places when nothing is given',
    given: {},
    configuration: {},
    dataDirectory: '/var/lib/jaco',
    socket: '/var/run/jaco/jaco.sock',
    configured: '/var/lib/jaco',
  },
  {
    what: 'the places that jacod.yaml names',
    given: {},
    configuration: { dataDirectory: '/srv/jaco', unixSocket: '/run/j.sock' },
    dataDirectory: '/srv/jaco',
    socket: '/run/j.sock',
    configured: '/srv/jaco',
  },
  {
    what: 'the data directory that the operator names, and the socket of the one that jacod.yaml names',
    given: { dataDirectory: '/mnt/new' },
    configuration: { dataDirectory: '/srv/jaco', unixSocket: '/run/j.sock' },
    dataDirectory: '/mnt/new',
    socket: '/run/j.sock',
    configured: '/srv/jaco',
  },
  {
    what: 'the socket that the operator names, as that of the data directory of jacod.yaml',
    given: { socket: '/run/mine.sock' },
    configuration: { dataDirectory: '/srv/jaco', unixSocket: '/run/j.sock' },
    dataDirectory: '/srv/jaco',
    socket: '/run/mine.sock',
    configured: '/srv/jaco',
  },
  {
    what: 'the same when the operator names that data directory too',
    given: { dataDirectory: '/srv/jaco', socket: '/run/mine.sock' },
    configuration: { dataDirectory: '/srv/jaco' },
    dataDirectory: '/srv/jaco',
    socket: '/run/mine.sock',
    configured: '/srv/jaco',
  },
  {
    what: 'the places that the operator names, before those of jacod.yaml',
    given: { dataDirectory: '/mnt/new', socket: '/run/mine.sock' },
    configuration: { dataDirectory: '/srv/jaco', unixSocket: '/run/j.sock' },
    dataDirectory: '/mnt/new',
    socket: '/run/mine.sock',
    configured: undefined,
  },
]) {
  test(`looks at ${what}`, async () => {
    const stage = restoreStage({ configuration });
    await restoreArchive(stage.ports, wish(given), never);
    assert.equal(stage.inspected, [{ dataDirectory, socket: { path: socket, dataDirectory: configured } }]);
    assert.equal([...stage.stores.keys()], [dataDirectory]);
    assert.equal([...stage.markers.keys()], [dataDirectory]);
  });
}

test('writes where the inspection says that the directory really is', async () => {
  const stage = restoreStage({ inspection: { path: '/real/jaco' } });
  await restoreArchive(stage.ports, wish({ dataDirectory: '/link' }), never);
  assert.equal([...stage.stores.keys()], ['/real/jaco']);
});

test('judges the archive against the daemon that is installed', async () => {
  const stage = restoreStage({ installedDaemonVersion: 'v0.5.0' });
  const { plan } = await restoreArchive(stage.ports, wish(), never);
  assert.equal(plan.daemonVersion, { text: 'v0.5.0', source: 'installed' });
});

test('does not run the daemon for its version when the operator gives one', async () => {
  const stage = restoreStage({ installedDaemonVersion: 'v1.0.0' });
  const { plan } = await restoreArchive(stage.ports, wish({ daemonVersion: 'v0.3.9' }), never);
  assert.equal(plan.daemonVersion, { text: 'v0.3.9', source: 'given' });
  assert.not.ok(stage.steps.includes('ask daemon version'));
});

const everything = {
  dataDirectory: '/data',
  socket: '/run/other.sock',
  advertiseAddress: '10.0.0.7:7001',
  grpcAddress: '10.0.0.7:7000',
};

for (const [what, given] of [
  ['the address of raft', { ...everything, advertiseAddress: undefined }],
  ['the address of gRPC', { ...everything, grpcAddress: undefined }],
  ['the data directory', { ...everything, dataDirectory: undefined }],
  ['the socket of a running daemon', { ...everything, socket: undefined }],
] as const) {
  test(`stops at an unreadable jacod.yaml where it would decide ${what}`, async () => {
    const stage = restoreStage({ at: { 'read configuration': throwsUnreadable } });
    assert.is(await failureOf(restoreArchive(stage.ports, wish(given), never)), unreadable);
    assert.equal(stage.steps, ['open archive', 'read configuration', 'close archive']);
  });
}

test('does without jacod.yaml where the operator has decided everything', async () => {
  const stage = restoreStage({ at: { 'read configuration': throwsUnreadable } });
  const { plan } = await restoreArchive(stage.ports, wish(everything), never);
  assert.is(plan.seed.dataDirectory, '/data');
  assert.equal(stage.inspected, [
    { dataDirectory: '/data', socket: { path: '/run/other.sock', dataDirectory: undefined } },
  ]);
});

test('never hides an unexpected failure', async () => {
  const bug = new TypeError('bug');
  const stage = restoreStage({
    at: {
      'read configuration': () => {
        throw bug;
      },
    },
  });
  assert.is(await failureOf(restoreArchive(stage.ports, wish(everything), never)), bug);
});

test.run();
