import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { messages } from '../../src/adapters/contract/contract.js';
import type { PlainMetadata } from '../../src/domain/archive/snapshot-metadata.js';
import type { MisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { composedArchive } from '../builders/composed-archive.js';
import { type JacoEnd, runJaco } from '../cli/jaco-process.js';
import type { ScratchDirectory } from '../cli/scratch-directory.js';

/** What is at the output's path before a backup that fails. */
const yesterday = 'the archive of yesterday';

/** The name of the output. */
const output = 'cluster.tar.gz';

/** The flags that tell `jaco backup` where the daemon is. */
export interface Approach {
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Takes a backup twice, once where there is no file yet and once, talking as much as it can, over an existing one, and
 * holds both to what every failure must keep: exit code 1, one line that begins with "Error: ", no token in sight, and
 * nothing changed on disk. Gives that line.
 */
export async function failingBackup(
  scratch: ScratchDirectory,
  { flags, environment }: Approach,
  ...more: readonly string[]
): Promise<string> {
  const [fresh, existing] = [scratch.directory('fresh'), scratch.directory('existing')];
  writeFileSync(`${existing}/${output}`, yesterday);
  const before = lstatSync(`${existing}/${output}`, { bigint: true });
  const take = (directory: string, debug: Readonly<Record<string, string>>) =>
    runJaco(['backup', '--output', output, ...flags, ...more], {
      directory,
      environment: { ...environment, ...debug },
    });
  const [plain, talkative] = await Promise.all([take(fresh, {}), take(existing, { JACO_DEBUG: '1' })]);

  assert.is(plain.code, 1, plain.stderr);
  assertSays(plain.stderr, /^Error: [^\n]+\n$/);
  assert.is(talkative.code, 1, talkative.stderr);
  assert.is(talkative.stderr.trimEnd().split('\n').at(-1), plain.stderr.trimEnd());
  for (const end of [plain, talkative]) assertSilentAbout(end, environment['JACO_TOKEN']);
  assert.equal(scratch.names('fresh'), []);
  assert.equal(scratch.names('existing'), [output]);
  const after = lstatSync(`${existing}/${output}`, { bigint: true });
  assert.is(after.ino, before.ino);
  assert.is(after.mtimeNs, before.mtimeNs);
  assert.is(readFileSync(`${existing}/${output}`, 'utf8'), yesterday);
  return plain.stderr.trimEnd();
}

function assertSilentAbout({ stdout, stderr }: JacoEnd, token: string | undefined): void {
  assert.is(stdout, '');
  if (token !== undefined) assert.not.ok(stderr.includes(token), 'the token is on stderr');
}

/** Cuts the connections of {@link failingBackup}'s two runs once both have been served: earlier, one is not connected yet. */
export function cutOnceBothHave(daemon: MisbehavingDaemon | undefined): void {
  if (daemon?.received.length === 2) setTimeout(() => daemon.cutConnections(), 100);
}

/** Holds a sentence to a pattern, and shows it when it does not fit. */
export function assertSays(sentence: string, pattern: RegExp): void {
  assert.ok(pattern.test(sentence), `${pattern} does not describe: ${sentence}`);
}

/** The way to a daemon on a unix socket. */
export function overSocket(path: string): Approach {
  return { flags: ['--socket', path], environment: {} };
}

/** The flags for a daemon over TLS; the token is in the environment. */
export function overTls(daemon: MisbehavingDaemon, host: string, caCertificate: string, token: string): Approach {
  return {
    flags: ['--server', `${host}:${daemon.port}`, '--ca-cert', caCertificate],
    environment: { JACO_TOKEN: token },
  };
}

/**
 * A good archive, as a daemon makes it, whose state has `ballast` incompressible bytes in addition to the cluster's
 * record.
 */
export async function goodArchive(ballast: Uint8Array = Buffer.alloc(0)): Promise<Buffer> {
  const clusterId = '6f1c0d9e';
  const state = messages.state.encode({ cluster: { clusterId }, routes: [Buffer.from(ballast)] });
  const metadata: PlainMetadata = {
    kind: 'plain',
    schemaVersion: 1,
    clusterId,
    snapshotIndex: 4178n,
    snapshotTerm: 3n,
    jacoVersion: 'v0.3.9',
    takenAt: '2026-05-25T10:00:00Z',
    leaderAtSnapshot: '10.0.0.5:7001',
  };
  const pieces: Uint8Array[] = [];
  for await (const piece of composedArchive(metadata, inOnePiece(state), state.length)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
