import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { calls, type Draft } from '../../src/adapters/contract/contract.js';
import type { AuditEventMessage } from '../../src/adapters/contract/messages.js';
import { timestampOf } from '../../src/adapters/contract/timestamps.js';
import {
  type Answer,
  auditPath,
  type MisbehavingDaemon,
  startMisbehavingDaemon,
} from '../adapters/grpc/misbehaving-daemon.js';
import { jacoSucceeds, runJaco } from './jaco-process.js';
import { operatorToken, type RunningSandbox, startSandbox } from './running-sandbox.js';
import { scratchFor, sharedScratchFor } from './scratch-directory.js';

const test = suite('jaco audit');
const shared = sharedScratchFor(test);
const scratch = scratchFor(test);
let sandbox: RunningSandbox;
let daemon: MisbehavingDaemon | undefined;

test.before(async () => {
  sandbox = await startSandbox(shared.path('node'), ['--name', 'node-1', '--listen', '127.0.0.1:0']);
  await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', shared.path('a.tar.gz')]);
});
test.after(async () => {
  await sandbox.stop();
});
test.after.each(async () => {
  await daemon?.close();
  daemon = undefined;
});

const audit = (...flags: readonly string[]) => jacoSucceeds(['audit', '--socket', sandbox.socket, ...flags]);

const types = (table: string) =>
  table
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/)[2]);

test('prints the log, oldest event first, a line each', async () => {
  assert.equal(types(await audit()), [
    'TOKEN_ISSUE',
    'NODE_JOIN',
    'NODE_JOIN',
    'CERTIFICATE_ISSUED',
    'APPLY',
    'APPLY',
    'BACKUP_TAKEN',
  ]);
});

test('prints who took a backup, when, and at which index', async () => {
  const table = await audit('--type', 'backup_taken');
  assert.match(
    table,
    /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z {8,}#4181 {2}BACKUP_TAKEN {2}local {2}snapshot_index=4180\n$/,
  );
});

for (const spelling of ['BACKUP_TAKEN,apply', 'backup-taken, AUDIT_EVENT_TYPE_APPLY', 'Apply,Backup_Taken']) {
  test(`takes types written as ${spelling}`, async () => {
    assert.equal(types(await audit('--type', spelling)), ['APPLY', 'APPLY', 'BACKUP_TAKEN']);
  });
}

test('prints only events newer than --since', async () => {
  assert.equal(types(await audit('--since', '1h')), ['BACKUP_TAKEN']);
  assert.equal(types(await audit('--since', '10d', '--type', 'apply,backup_taken')), ['APPLY', 'BACKUP_TAKEN']);
});

test('prints nothing when no event matches', async () => {
  assert.is(await audit('--type', 'restore_completed'), '');
  assert.is(await audit('--type', 'restore_completed', '-o', 'json'), '[]\n');
});

test('prints JSON with all fields of an event', async () => {
  const events = JSON.parse(await audit('-o', 'json', '--type', 'node_join,backup_taken'));
  assert.is(events.length, 3);
  assert.match(events[0].timestamp, /^20.*Z$/);
  const { timestamp, ...backup } = events.at(-1);
  assert.equal(backup, {
    raft_index: 4181,
    type: 'BACKUP_TAKEN',
    identity: 'local',
    payload: { snapshot_index: '4180' },
  });
});

test('records who took a backup over TLS', async () => {
  const environment = { JACO_TOKEN: operatorToken(shared.path('node')), JACO_CA_CERT: sandbox.caCertificate };
  const overTls = ['--server', sandbox.server];
  await jacoSucceeds(['backup', ...overTls, '--output', scratch.path('a.tar.gz')], { environment });
  const events = JSON.parse(await jacoSucceeds(['audit', ...overTls, '-o', 'json', '--since', '1h'], { environment }));
  assert.equal(
    events.map(({ identity }: { identity: string }) => identity),
    ['local', 'operator'],
  );
});

async function auditOf(events: readonly Draft<AuditEventMessage>[], how = { status: 0 }, ...flags: readonly string[]) {
  const answer: Answer = async ({ send, end }) => {
    for (const event of events) await send(calls.auditQuery.response.encode(event));
    end(how);
  };
  daemon = await startMisbehavingDaemon({ socket: scratch.path('s') }, { [auditPath]: answer });
  return runJaco(['audit', '--socket', scratch.path('s'), ...flags]);
}

const odd: Draft<AuditEventMessage> = {
  raftIndex: '18446744073709551615',
  type: 22,
  identity: 'x\u001b[31m\n',
  ts: timestampOf(0.5),
  payload: { b: '2\r', a: '1' },
};

test('keeps an event of a newer daemon, and everything of it on one line', async () => {
  const { stdout } = await auditOf([odd, { type: 13 }]);
  const [first, second] = stdout.split('\n');
  assert.is(
    first,
    '1970-01-01T00:00:00.0005Z       #18446744073709551615  TYPE_22       x\\u{1b}[31m\\u{a}  a=1  b=2\\u{d}',
  );
  assert.is(second, `-${' '.repeat(31)}#0                     BACKUP_TAKEN`);
});

test('aligns the columns with any content', async () => {
  const { stdout } = await auditOf([
    { raftIndex: '7', type: 13, identity: 'ci', payload: { a: '1' } },
    { raftIndex: '120345', type: 22, identity: 'operator', payload: { a: '1' } },
    { raftIndex: '9', type: 13, identity: 'x'.repeat(90), payload: { a: '1' } },
  ]);
  const [short, long, endless] = stdout.trimEnd().split('\n') as [string, string, string];
  for (const word of ['#', 'a=1']) assert.is(short.indexOf(word), long.indexOf(word), word);
  assert.is(short.indexOf('BACKUP_TAKEN'), long.indexOf('TYPE_22'));
  assert.is(short.indexOf('ci'), long.indexOf('operator'));
  // One that is long beyond measure does not push the others to the right.
  assert.ok(endless.endsWith(`${'x'.repeat(90)}  a=1`));
});

test('writes a long log as it comes, in the columns of its beginning', async () => {
  const events = Array.from({ length: 1200 }, (_, position) => ({ raftIndex: String(position), type: 13 }));
  const lines = (await auditOf(events)).stdout.trimEnd().split('\n');
  assert.is(lines.length, 1200);
  assert.equal(new Set(lines.slice(0, 1000).map((text) => text.indexOf('BACKUP_TAKEN'))).size, 1);
});

test('aligns the columns with any precision of the time, and without a time', async () => {
  const times = [0, 123.456789, 1500].map(timestampOf);
  const { stdout } = await auditOf([{ type: 13 }, ...times.map((ts) => ({ type: 1, ts }))]);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(
    lines.map((line) => line.indexOf('#')),
    [32, 32, 32, 32],
  );
});

test('keeps every digit in JSON', async () => {
  const { stdout } = await auditOf([odd], undefined, '-o', 'json');
  assert.match(stdout, /"raft_index":18446744073709551615,"type":"TYPE_22"/);
  assert.is(JSON.parse(stdout)[0].identity, 'x\u001b[31m\n');
});

test('leaves nothing in JSON that a terminal would obey, and an event a line', async () => {
  const identity = 'x\u009b31m\u202ey\u2028';
  const { stdout } = await auditOf([{ ...odd, identity }, { type: 13 }], undefined, '-o', 'json');
  assert.match(stdout, /^\[\{[^\n]*"x\\u009b31m\\u202ey\\u2028"[^\n]*\}\n,\{[^\n]*\}\n\]\n$/);
  assert.is(JSON.parse(stdout)[0].identity, identity);
});

test('prints what came before the daemon gave up, and fails', async () => {
  const { code, stdout, stderr } = await auditOf([{ type: 13 }], { status: 13 });
  assert.is(code, 1);
  assert.match(stdout, /BACKUP_TAKEN/);
  assert.match(stderr, /^Error: internal: the daemon gave no reason\n$/);
});

test.run();
