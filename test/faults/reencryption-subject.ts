import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { defaultArchiveLimits } from '../../src/adapters/archive/archive-limits.js';
import { createTarGzipArchiveReader } from '../../src/adapters/archive/tar-gzip-archive-reader.js';
import type { Keyring } from '../../src/adapters/seal/keyring.js';
import { createStateKeyring } from '../../src/adapters/seal/state-keyring.js';
import { collect } from '../builders/byte-streams.js';
import { openedBackup } from '../builders/opened-backup.js';
import { runJaco } from '../cli/jaco-process.js';
import type { InterruptedSubject } from './interrupted-subject.js';
import { isLock } from './restored-directory.js';
import { ensure } from './restored-store.js';
import { type SecretCluster, sha256 } from './secret-cluster.js';

/** A sealed archive, and the rings of its re-encryption. */
export interface Reencryption {
  readonly archive: string;
  readonly keyFile: string;
  readonly nextKeyFile: string;
  readonly nextRing: Keyring;
  readonly cluster: SecretCluster;
}

/** `jaco state reencrypt-backup` into an empty directory below `root`: what is there opens under the next ring, or is not there. */
export function reencryptionSubject(root: string, work: Reencryption): InterruptedSubject {
  const directory = join(root, 'reencrypt');
  const [output, part] = [join(directory, 'new.tar.gz'), join(directory, '.new.tar.gz.part')];
  const words = [
    ...['state', 'reencrypt-backup', '--input', work.archive, '--file', output],
    ...['--key-file', work.keyFile, '--new-key-file', work.nextKeyFile],
  ];
  const judge = async () => {
    const known = ['new.tar.gz', '.new.tar.gz.part'];
    const foreign = readdirSync(directory).filter((name) => !known.includes(name) && !isLock(name));
    ensure(foreign.length === 0, `nobody expects ${foreign[0]} there`);
    ensure(sha256(readFileSync(work.archive)) === work.cluster.archiveSha256, 'the source has changed');
    if (!existsSync(output)) {
      return { done: false, progress: existsSync(part) ? 'archive half written' : 'nothing written' };
    }
    const opened = await createTarGzipArchiveReader(defaultArchiveLimits).open(openedBackup(readFileSync(output)));
    const state = createStateKeyring(work.nextRing).openSnapshot(opened.snapshot, opened.metadataBytes);
    ensure(sha256(await collect(state)) === work.cluster.snapshotSha256, 'it holds another state');
    ensure((statSync(output).mode & 0o777) === 0o600, 'others may read the file');
    return { done: true, progress: 'archive in place' };
  };
  const requireClean = async ({ done }: { readonly done: boolean }) => {
    // A run that is refused before it locks leaves what a killed one has left of its lock.
    const names = readdirSync(directory)
      .filter((name) => !isLock(name))
      .join();
    ensure(names === (done ? 'new.tar.gz' : ''), `the directory holds "${names}"`);
  };
  return {
    words,
    watched: directory,
    names: ['.new.tar.gz.part', 'new.tar.gz'],
    reset() {
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory, { recursive: true });
    },
    judge,
    requireClean,
    async retry({ done }) {
      const { code, stderr } = await runJaco(words);
      if (done) ensure(code === 1 && stderr.includes('there is something already'), `a second one: ${stderr}`);
      else ensure(code === 0, `the next one ended with ${code}: ${stderr}`);
      ensure((await judge()).done, 'the next one made no archive');
      await requireClean({ done: true });
    },
  };
}
