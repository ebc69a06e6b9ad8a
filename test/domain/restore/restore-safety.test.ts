import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { advice, giveParameter } from '../../../src/domain/remedy.js';
import { refuseUnlessSafe } from '../../../src/domain/restore/restore-plan.js';
import { recovering, restoring } from '../../../src/domain/restore/undertaking.js';
import { inspection } from '../builders.js';
import { refusalOf } from '../refusal.js';

const test = suite('refuseUnlessSafe');

test('lets a restore into an empty directory', () => {
  assert.not.throws(() => refuseUnlessSafe(inspection(), restoring));
});

test('lets a restore into a directory that can be made', () => {
  assert.not.throws(() => refuseUnlessSafe(inspection({ kind: 'missing', owner: undefined }), restoring));
});

for (const [code, changes, message, remedy] of [
  [
    'storage_failed',
    { kind: 'not-a-directory' },
    'cannot restore into /data: it is not a directory.',
    giveParameter('dataDirectory'),
  ],
  [
    'daemon_running',
    { daemon: { kind: 'running', evidence: 'process 7 (jacod) listens on /run/jaco.sock', certain: true } },
    'cannot restore into /data: a daemon is running: process 7 (jacod) listens on /run/jaco.sock.',
    { kind: 'stop-daemon' },
  ],
  [
    'daemon_unknown',
    { daemon: { kind: 'unknown', reason: 'this user may not see who listens on /run/jaco.sock' } },
    'cannot restore into /data: cannot tell whether a daemon runs: this user may not see who listens on /run/jaco.sock.',
    advice('Run it as root, on the host of the daemon; a socket that is left over can be removed.'),
  ],
  [
    'raft_store_exists',
    { existingRaftStore: 'raft/log.db' },
    'cannot restore into /data: raft/log.db already exists.',
    { kind: 'use-fresh-data-directory' },
  ],
  [
    'permission_denied',
    { writable: false },
    'cannot restore into /data: permission denied.',
    { kind: 'run-as', users: ['root'] },
  ],
  [
    'directory_foreign',
    { foreignEntry: 'etc\n' },
    'cannot restore into /data: it holds etc\\u{a}, and nothing that a daemon keeps.',
    advice('Name the data directory of the daemon.'),
  ],
  [
    'directory_foreign',
    { foreignMarker: true },
    'cannot restore into /data: restore.txt is there, and is not a restore marker.',
    advice('Move it away: the marker of this restore would replace it.'),
  ],
] as const) {
  test(`refuses with ${code}, and says why and what to do next`, () => {
    const refusal = refusalOf(code, () => refuseUnlessSafe(inspection(changes), restoring));
    assert.is(refusal.message, message);
    assert.equal(refusal.remedies[0], remedy);
  });
}

test('restores into a directory of something else on request, but not over a file', () => {
  assert.not.throws(() => refuseUnlessSafe(inspection({ foreignEntry: 'etc' }), restoring, true));
  refusalOf('directory_foreign', () => refuseUnlessSafe(inspection({ foreignMarker: true }), restoring, true));
});

test('says that a daemon on a socket which the operator named may be that of another directory', () => {
  const daemon = { kind: 'running', evidence: 'process 7 (jacod) listens on /run/jaco.sock', certain: false } as const;
  const { message, remedies } = refusalOf('daemon_running', () => refuseUnlessSafe(inspection({ daemon }), restoring));
  assert.ok(message.endsWith(' listens on /run/jaco.sock, and may serve another data directory.'), message);
  assert.equal(remedies, [{ kind: 'stop-daemon' }, { kind: 'name-socket-of-directory' }]);
});

test('names the running daemon first, since stopping it comes before everything else', () => {
  const target = inspection({
    daemon: { kind: 'running', evidence: 'it holds log.db', certain: true },
    existingRaftStore: 'raft/log.db',
    writable: false,
  });
  refusalOf('daemon_running', () => refuseUnlessSafe(target, restoring));
});

test('names an existing store before a missing permission, since sudo would not help', () => {
  const { message } = refusalOf('raft_store_exists', () =>
    refuseUnlessSafe(inspection({ existingRaftStore: 'raft/log.db', writable: false }), recovering),
  );
  assert.is(message, 'cannot recover into /data: raft/log.db already exists.');
});

test('lets a restore through where systemd alone listens, for a daemon that does not run', () => {
  assert.not.throws(() =>
    refuseUnlessSafe(inspection({ daemon: { kind: 'awaited', socket: '/run/jaco.sock' } }), restoring),
  );
});

test('escapes the path', () => {
  const refusal = refusalOf('permission_denied', () =>
    refuseUnlessSafe(inspection({ path: '/a\u001b[2J', writable: false }), restoring),
  );
  assert.match(refusal.message, '/a\\u{1b}[2J');
});

test.run();
