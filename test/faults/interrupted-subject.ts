import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { runJaco } from '../cli/jaco-process.js';
import { isLock, judgeDataDirectory, requireNoLeftovers, restoredNames, restoredNode } from './restored-directory.js';
import { ensure } from './restored-store.js';
import { type SecretCluster, sha256 } from './secret-cluster.js';

/** The result of a run: whether it is done, and how far it got, in words. */
export interface Left {
  readonly done: boolean;
  readonly progress: string;
}

/** A command in its own place, to be broken off in the middle. */
export interface InterruptedSubject {
  readonly words: readonly string[];
  /** The directory in which `names` appear, one after the other, while the command works. */
  readonly watched: string;
  readonly names: readonly string[];
  /** Prepares the place for a first run; other files there differ from round to round. */
  reset(turn: number): void;
  /** @throws Error with the reason, when a run left something half-made */
  judge(): Promise<Left>;
  /** @throws Error with the reason, when there is anything but what there was before, or what a finished run makes */
  requireClean(left: Left): Promise<void>;
  /** Gives the same command again, which must do its work, or refuse when it was done. What was left must be gone. */
  retry(left: Left): Promise<void>;
}

/** The arguments of a restore into `dataDirectory`, independent of this machine. */
export function restoreWords(archive: string, dataDirectory: string, keyFile?: string): readonly string[] {
  const { name, address } = restoredNode;
  return [
    ...['restore', '--input', archive, '--name', name, '--data-dir', dataDirectory],
    ...['--advertise-addr', address, '--daemon-version', keyFile === undefined ? 'v0.3.9' : 'dev'],
    ...(keyFile === undefined ? [] : ['--key-file', keyFile]),
  ];
}

/** `jaco restore` of the archive into a directory below `root`, which is empty and missing by turns. */
export function restoreSubject(
  root: string,
  archive: string,
  cluster: SecretCluster,
  keyFile?: string,
): InterruptedSubject {
  const parent = join(root, 'restore');
  const dataDirectory = join(parent, 'data');
  const words = restoreWords(archive, dataDirectory, keyFile);
  const judged = { files: createNodeFileSystem(), dataDirectory, cluster };
  let missing = false;
  const judge = async () => {
    const done = (await judgeDataDirectory(judged)) === 'restored';
    return { done, progress: progressOf(dataDirectory, cluster) };
  };
  const requireClean = async ({ done }: Left) => {
    await requireNoLeftovers(judged);
    const names = existsSync(dataDirectory) ? readdirSync(dataDirectory).sort().join() : 'missing';
    const wanted = done ? restoredNames.join() : missing ? 'missing' : '';
    ensure(names === wanted, `the data directory holds "${names}"`);
  };
  return {
    words,
    watched: dataDirectory,
    names: ['raft.restoring', 'node.restoring', 'restore.txt.part', 'restore.txt', 'node', 'raft'],
    reset(turn) {
      missing = turn % 2 === 1;
      rmSync(parent, { recursive: true, force: true });
      mkdirSync(missing ? parent : dataDirectory, { recursive: true });
    },
    judge,
    requireClean,
    async retry({ done }) {
      const { code, stderr } = await runJaco(words);
      if (done) ensure(code === 1 && stderr.includes('raft/log.db already exists'), `a second restore: ${stderr}`);
      else ensure(code === 0, `the next restore ended with ${code}: ${stderr}`);
      ensure((await judge()).done, 'the next restore did not restore');
      if (!done) await requireClean({ done: true, progress: '' });
    },
  };
}

const yesterday = 'the archive of yesterday';

/** `jaco backup` from the socket into a directory below `root`, where by turns there is an older file. */
export function backupSubject(root: string, socket: string, cluster: SecretCluster): InterruptedSubject {
  const directory = join(root, 'backup');
  const [output, part] = [join(directory, 'cluster.tar.gz'), join(directory, '.cluster.tar.gz.part')];
  const words = ['backup', '--socket', socket, '--output', output];
  let replaces = false;
  const judge = async () => {
    const known = ['cluster.tar.gz', '.cluster.tar.gz.part'];
    const foreign = readdirSync(directory).filter((name) => !known.includes(name) && !isLock(name));
    ensure(foreign.length === 0, `nobody expects ${foreign[0]} there`);
    if (!existsSync(output)) {
      ensure(!replaces, 'the old file is gone');
      return { done: false, progress: progress() };
    }
    const content = readFileSync(output);
    if (replaces && content.equals(Buffer.from(yesterday))) return { done: false, progress: progress() };
    ensure(
      sha256(content) === cluster.archiveSha256,
      `the file has ${content.length} bytes, which are not the archive`,
    );
    ensure((statSync(output).mode & 0o777) === 0o600, 'others may read the file');
    return { done: true, progress: 'archive in place' };
  };
  const progress = () => {
    if (!existsSync(part)) return 'nothing written';
    return statSync(part).size === cluster.archive.length ? 'archive written' : 'archive half written';
  };
  const requireClean = async ({ done }: Left) => {
    const names = readdirSync(directory).join();
    ensure(names === (done || replaces ? 'cluster.tar.gz' : ''), `the directory holds "${names}"`);
  };
  return {
    words,
    watched: directory,
    names: ['.cluster.tar.gz.part', 'cluster.tar.gz'],
    reset(turn) {
      replaces = turn % 2 === 1;
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory, { recursive: true });
      if (replaces) writeFileSync(output, yesterday);
    },
    judge,
    requireClean,
    async retry() {
      const { code, stderr } = await runJaco(words);
      ensure(code === 0, `the next backup ended with ${code}: ${stderr}`);
      ensure((await judge()).done, 'the next backup is not the archive');
      await requireClean({ done: true, progress: '' });
    },
  };
}

/** How far a restore got, by what it left. */
function progressOf(dataDirectory: string, { storedSizeBytes }: SecretCluster): string {
  const has = (...names: string[]) => existsSync(join(dataDirectory, ...names));
  if (has('raft')) return 'store in place';
  if (has('node')) return 'identity in place';
  if (has('restore.txt') || has('restore.txt.part')) return 'marker written';
  if (has('node.restoring')) return 'identity staged';
  if (has('raft.restoring', 'log.db')) return 'store staged';
  if (!has('raft.restoring', 'snapshots')) return has('raft.restoring') ? 'staging begun' : 'nothing written';
  const files = readdirSync(join(dataDirectory, 'raft.restoring/snapshots'), { recursive: true, encoding: 'utf8' });
  const state = files.find((file) => file.endsWith('state.bin'));
  if (state === undefined) return 'staging begun';
  const { size } = lstatSync(join(dataDirectory, 'raft.restoring/snapshots', state));
  return size === storedSizeBytes ? 'snapshot staged' : 'snapshot half written';
}
