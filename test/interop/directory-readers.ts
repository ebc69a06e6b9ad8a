import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findEngineProgram, projectRoot } from './engine-program.js';
import { parseEngineJson, type RaftDirectory } from './engine-replies.js';
import { comparable, ourReading } from './our-reading.js';

/** Reads raft directories: of each what is in it, in words that all readers have in common, or undefined where it fails. */
export type Reading = (directories: readonly string[]) => Promise<readonly (string | undefined)[]>;

/** A reader of log.db or of snapshots, once it is there. */
export interface DirectoryReader {
  /** As the columns of the tables in docs/interoperability.md are called. */
  readonly name: string;
  /** Makes it ready; the reason where this machine cannot have it. */
  prepare(): Promise<{ readonly read: Reading } | { readonly missing: string }>;
}

const sources = join(projectRoot, 'test/interop/directory-readers');
/** Debian's packages of Java libraries, and where they put them. */
const javaLibraries = {
  'libgoogle-gson-java': '/usr/share/java/gson.jar',
  'libxz-java': '/usr/share/java/xz.jar',
} as const;

/** Those who read log.db, in the order of the table. */
export const logReaders: readonly DirectoryReader[] = [
  { name: 'jaco', prepare: async () => ({ read: reading(ourReading, logOf) }) },
  { name: 'raft-boltdb', prepare: () => engine(logOf) },
  { name: 'bbolt-rs', prepare: () => rust('bbolt-rs') },
  { name: 'bolt-lite', prepare: () => rust('bolt-lite') },
  { name: 'Python boltdb', prepare: () => python('log') },
];

/** Those who read a snapshot, in the order of the table. */
export const snapshotReaders: readonly DirectoryReader[] = [
  { name: 'jaco', prepare: async () => ({ read: reading(ourReading, snapshotOf) }) },
  { name: 'hashicorp/raft', prepare: () => engine(snapshotOf) },
  { name: 'Rust', prepare: () => rust('snapshot') },
  { name: 'Python', prepare: () => python('snapshot') },
  { name: 'Java', prepare: java },
];

/** What is in log.db, in the words of all readers. */
export function logOf(directory: RaftDirectory): string | undefined {
  const { currentTerm, lastIndex, entries, logDigest } = comparable(directory);
  return `${currentTerm} ${lastIndex} ${entries} ${logDigest}`;
}

/** What is in the one snapshot, in the words of all readers; undefined if it does not open. */
export function snapshotOf({ snapshots: [snapshot] }: RaftDirectory): string | undefined {
  if (snapshot === undefined || !snapshot.opens) return undefined;
  const voters = snapshot.servers.filter(({ suffrage }) => suffrage === 'Voter');
  const names = voters.map(({ id, address }) => `${id}@${address}`).join(',');
  return `${snapshot.id} ${snapshot.index} ${snapshot.term} ${snapshot.configurationIndex} ${names} ${snapshot.digest}`;
}

function reading(
  open: (directory: string) => RaftDirectory | Promise<RaftDirectory>,
  tell: (directory: RaftDirectory) => string | undefined,
): Reading {
  return (directories) =>
    Promise.all(
      directories.map(async (directory) => {
        try {
          return tell(await open(directory));
        } catch {
          return undefined;
        }
      }),
    );
}

async function engine(tell: (directory: RaftDirectory) => string | undefined) {
  const program = await findEngineProgram();
  if (program.kind === 'missing') return { missing: program.reason };
  const describe = (directory: string) => {
    const { status, stdout, stderr } = spawnSync(program.path, ['describe', directory], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return parseEngineJson(stdout) as RaftDirectory;
  };
  return { read: reading(describe, tell) };
}

async function rust(what: string) {
  const cargo = spawnSync('cargo', ['--version'], { encoding: 'utf8' });
  if (cargo.status !== 0) return { missing: 'cargo is not installed' };
  const place = prepared('rust', cargo.stdout, (directory) => {
    cpSync(join(sources, 'Cargo.toml'), join(directory, 'Cargo.toml'));
    cpSync(join(sources, 'src'), join(directory, 'src'), { recursive: true });
    if (run('cargo', ['fetch', '--quiet'], directory) !== undefined) return 'the crates could not be had';
    const errors = run('cargo', ['build', '--quiet', '--offline'], directory);
    if (errors !== undefined) throw new Error(`the Rust program does not build:\n${errors}`);
    return undefined;
  });
  if (place.missing !== undefined) return { missing: place.missing };
  return { read: lines([join(place.directory, 'target/debug/read-directory'), what]) };
}

async function python(what: string) {
  const version = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  if (version.status !== 0) return { missing: 'python3 is not installed' };
  const place = prepared('python', version.stdout, (directory) => {
    const install = ['-m', 'pip', 'install', '--quiet', '--target', directory];
    const errors = run('python3', [...install, '-r', join(sources, 'requirements.txt')], directory);
    return errors === undefined ? undefined : 'the Python packages could not be had';
  });
  if (place.missing !== undefined) return { missing: place.missing };
  return { read: lines(['python3', join(sources, 'read_directory.py'), what], { PYTHONPATH: place.directory }) };
}

async function java() {
  if (spawnSync('java', ['--version'], { stdio: 'ignore' }).status !== 0) return { missing: 'java is not installed' };
  const missing = Object.entries(javaLibraries).find(([, path]) => !existsSync(path));
  if (missing !== undefined) return { missing: `${missing[0]} is not installed` };
  const classes = Object.values(javaLibraries).join(':');
  return { read: lines(['java', '-cp', classes, join(sources, 'ReadSnapshot.java')]) };
}

/** A program that prints a line a directory. */
function lines([command = '', ...parameters]: readonly string[], environment: NodeJS.ProcessEnv = {}): Reading {
  return async (directories) => {
    const env = { ...process.env, ...environment };
    const { status, stdout, stderr } = spawnSync(command, [...parameters, ...directories], { encoding: 'utf8', env });
    const found = stdout.split('\n').slice(0, -1);
    if (status !== 0 || found.length !== directories.length) throw new Error(`${command} failed: ${stderr}${stdout}`);
    return found.map((line) => (line.startsWith('refused: ') ? undefined : line));
  };
}

type Prepared = { readonly directory: string; readonly missing?: undefined } | { readonly missing: string };

/** A directory below build/ that `fill` has filled, once for a state of its sources and a version of its tool. */
function prepared(language: string, version: string, fill: (directory: string) => string | undefined): Prepared {
  const above = join(projectRoot, 'build/directory-readers');
  const directory = join(above, `${language}-${fingerprintOf(version)}`);
  if (existsSync(directory)) return { directory };
  mkdirSync(above, { recursive: true });
  for (const stale of readdirSync(above)) {
    if (stale.startsWith(`${language}-`)) rmSync(join(above, stale), { recursive: true, force: true });
  }
  const unfinished = `${directory}.part`;
  mkdirSync(unfinished);
  const missing = fill(unfinished);
  if (missing !== undefined) {
    rmSync(unfinished, { recursive: true });
    return { missing };
  }
  renameSync(unfinished, directory);
  return { directory };
}

function fingerprintOf(version: string): string {
  const hash = createHash('sha256').update(version);
  for (const name of ['Cargo.toml', 'src/main.rs', 'requirements.txt']) hash.update(readFileSync(join(sources, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Runs a command; what it complained of where it failed. */
function run(command: string, parameters: readonly string[], directory: string): string | undefined {
  const { status, stderr } = spawnSync(command, parameters, { cwd: directory, encoding: 'utf8' });
  return status === 0 ? undefined : stderr.trim().split('\n').slice(-20).join('\n');
}
