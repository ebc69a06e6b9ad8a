import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './engine-program.js';

/** A reader of tar and gzip that is not ours. */
export interface ArchiveReader {
  /** As the columns of the table in docs/interoperability.md are called. */
  readonly name: string;
  /** Why this machine does not have it; undefined where it does. */
  missing(): string | undefined;
  /**
   * Its result for each of the files: see {@link whatIsIn}, or undefined if it fails. `scratch` is its own directory.
   */
  read(paths: readonly string[], scratch: string): readonly (string | undefined)[];
}

const sources = join(projectRoot, 'test/interop/readers');
const commonsCompress = '/usr/share/java/commons-compress.jar';

const has = (command: string) => spawnSync(command, ['--help'], { stdio: 'ignore' }).error === undefined;
const unless = (command: string) => () => (has(command) ? undefined : `${command} is not installed`);

/** The readers, in the order of the table. */
export const archiveReaders: readonly ArchiveReader[] = [
  { name: 'GNU tar', missing: unless('tar'), read: extractingWith(['tar', '-xzf']) },
  { name: 'bsdtar', missing: unless('bsdtar'), read: extractingWith(['bsdtar', '-xzf']) },
  { name: 'busybox', missing: unless('busybox'), read: extractingWith(['busybox', 'tar', '-xzf']) },
  {
    name: 'Python',
    missing: unless('python3'),
    read: (paths) => linesOf(['python3', join(sources, 'read.py'), ...paths], paths.length),
  },
  {
    name: 'Go',
    missing: unless('go'),
    read(paths, scratch) {
      const program = join(scratch, 'read');
      linesOf(['go', 'build', '-o', program, join(sources, 'read.go')], 0);
      return linesOf([program, ...paths], paths.length);
    },
  },
  {
    name: 'Java',
    missing: () => (existsSync(commonsCompress) ? unless('java')() : 'commons-compress is not installed'),
    read: (paths) => linesOf(['java', '-cp', commonsCompress, join(sources, 'Read.java'), ...paths], paths.length),
  },
];

/** The names and the digests of what an archive holds, in its own order, as the readers print them. */
export function whatIsIn(files: readonly (readonly [string, Uint8Array])[]): string {
  return files.map(([name, content]) => `${name}=${createHash('sha256').update(content).digest('hex')}`).join(' ');
}

/** Runs a program that prints one line a file. */
function linesOf([command = '', ...parameters]: readonly string[], count: number): readonly (string | undefined)[] {
  const { status, stdout, stderr } = spawnSync(command, parameters, { encoding: 'utf8' });
  const lines = stdout.split('\n').slice(0, -1);
  if (status !== 0 || lines.length !== count) throw new Error(`${command} failed: ${stderr}${stdout}`);
  return lines.map((line) => (line.startsWith('refused: ') ? undefined : line));
}

/** Reads with a program that extracts an archive into a directory: what is there then, the metadata first. */
function extractingWith([command = '', ...flags]: readonly string[]): ArchiveReader['read'] {
  return (paths, scratch) =>
    paths.map((path) => {
      const directory = join(scratch, 'extracted');
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory);
      const { status } = spawnSync(command, [...flags, path, '-C', directory], { stdio: 'ignore' });
      if (status !== 0) return undefined;
      return whatIsIn(
        readdirSync(directory)
          .sort()
          .map((name) => [name, readFileSync(join(directory, name))]),
      );
    });
}
