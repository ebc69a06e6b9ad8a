import { type Stats, statSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { isSystemd, listProcesses, lookAtProcesses, openFiles, programName } from './processes.js';

/** A process that has a listening socket open. */
export interface SocketHolder {
  readonly process: number;
  /** The name of its program, which the process can choose. */
  readonly program: string;
  /** Whether it is systemd, which holds the socket for a service that may or may not run. */
  readonly isSystemd: boolean;
}

/** The processes that listen on a unix socket. */
export interface SocketUse {
  readonly holders: readonly SocketHolder[];
  /** Why there may be others, as a sentence without a full stop; undefined if these are all. */
  readonly unseen: string | undefined;
}

/** One line of /proc/net/unix that stands for a listening socket with a path. */
interface ListeningSocket {
  readonly inode: string;
  /** As the listener named it: it may be relative, or in another root directory. */
  readonly path: string;
}

interface Target {
  /** With links resolved. */
  readonly path: string;
  readonly status: Stats | undefined;
}

/**
 * Finds the processes that listen on the unix socket at `path` without connecting to it: a connection would make
 * systemd start the daemon for which it holds the socket. The kernel lists listening sockets and their inodes for every
 * network namespace (/proc/net/unix, proc(5)); the open files of processes lead from an inode to its processes. It does
 * not see processes in a PID namespace that this process is not in, such as that of another container.
 */
export async function lookAtSocket(path: string): Promise<SocketUse> {
  const real = await whereItLeads(path);
  const names = new Set([basename(resolve(path)), basename(real)]);
  const target: Target = { path: real, status: await look(path) };
  const processes = await listProcesses();
  const listening = await listeningSockets(processes);
  if (listening === undefined) {
    // Where nothing is, nobody can be reached: a restore into a new place needs no list.
    const unseen = target.status === undefined ? undefined : `this system does not tell who listens on ${path}`;
    return { holders: [], unseen };
  }
  const candidates = listening.filter(({ path: named }) => names.has(basename(named)));
  const { found: holders, denied, unheld } = await holdersOf(candidates, processes, target);
  const onlySystemd = holders.length > 0 && holders.every(({ isSystemd: manager }) => manager);
  const unseen =
    unheld || (denied && onlySystemd) ? `a process that this user may not see can be listening on ${path}` : undefined;
  return { holders, unseen };
}

/** The path with links resolved, even if its last part is missing. */
async function whereItLeads(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch {
    return join(await realpath(dirname(absolute)).catch(() => dirname(absolute)), basename(absolute));
  }
}

/**
 * The listening sockets of every network namespace of the processes; undefined if this system has no such list. Every
 * user may read the list of any process, and its inode identifies the namespace.
 */
async function listeningSockets(processes: readonly number[]): Promise<readonly ListeningSocket[] | undefined> {
  const tables = new Map<number, string>();
  for (const table of ['/proc/net/unix', ...processes.map((id) => `/proc/${id}/net/unix`)]) {
    const namespace = namespaceOf(table);
    if (namespace !== undefined && !tables.has(namespace)) tables.set(namespace, table);
  }
  if (tables.size === 0) return undefined;
  return (await Promise.all([...tables.values()].map(readListeningSockets))).flat();
}

/** Asks at once, as the kernel answers at once: hundreds of turns through Node's thread pool would take far longer. */
function namespaceOf(table: string): number | undefined {
  try {
    return statSync(table).ino;
  } catch {
    return undefined;
  }
}

async function readListeningSockets(table: string): Promise<readonly ListeningSocket[]> {
  const text = await readFile(table, 'utf8').catch(() => '');
  // Number, references, protocol, flags with 0x10000 for "listening", type, state, inode, path (net/unix/af_unix.c).
  const lines = text.matchAll(
    /^[0-9a-f]+: [0-9A-F]{8} [0-9A-F]{8} 0001[0-9A-F]{4} [0-9A-F]{4} [0-9A-F]{2} +([0-9]+) ([^@\n].*)$/gm,
  );
  return [...lines].map(([, inode = '', path = '']) => ({ inode, path }));
}

/** The processes that have one of the sockets open, and whether a socket remains without a process. */
async function holdersOf(candidates: readonly ListeningSocket[], processes: readonly number[], target: Target) {
  if (candidates.length === 0) return { found: [], denied: false, unheld: false };
  const held = new Set<string>();
  const { found, denied } = await lookAtProcesses(processes, async (directory, id) => {
    const open = new Set(await openFiles(directory));
    const theirs = candidates.filter(({ inode }) => open.has(`socket:[${inode}]`));
    for (const { inode } of theirs) held.add(inode);
    const meant = await Promise.all(theirs.map(({ path }) => isTarget(path, directory, target)));
    if (!meant.includes(true)) return [];
    return [{ process: id, program: await programName(directory), isSystemd: await isSystemd(directory) }];
  });
  const rest = candidates.filter(({ inode }) => !held.has(inode));
  const unheld = await Promise.all(rest.map(({ path }) => isTarget(path, undefined, target)));
  return { found, denied, unheld: unheld.includes(true) };
}

/**
 * Whether a socket that a process named `path` is the target: the same file as the process sees it, whose root, mounts
 * and working directory may differ; for a socket whose file is gone, the same place. For a process that cannot be seen,
 * an absolute path counts as the target, and a relative one may be the target as long as a socket is there.
 */
async function isTarget(path: string, directory: string | undefined, target: Target): Promise<boolean> {
  if (directory === undefined) {
    return isAbsolute(path) ? (await whereItLeads(path)) === target.path : target.status?.isSocket() === true;
  }
  const theirs = isAbsolute(path) ? `${directory}/root${path}` : `${directory}/cwd/${path}`;
  const seen = await look(theirs);
  if (seen !== undefined || target.status !== undefined) return isSameFile(seen, target.status);
  const place = isSameFile(await look(dirname(theirs)), await look(dirname(target.path)));
  return place && basename(path) === basename(target.path);
}

function isSameFile(one: Stats | undefined, other: Stats | undefined): boolean {
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

function look(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}
