import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** What could be read about this machine's processes, and whether some could not be read for lack of rights. */
export interface Seen<Found> {
  readonly found: Found;
  readonly denied: boolean;
}

/** The process that starts all others. It can be unreadable even for root, and never is a daemon itself. */
const initProcess = 1;

/** The ids of the processes that this one may see. Empty without /proc. */
export async function listProcesses(): Promise<readonly number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^[0-9]+$/.test(name)).map(Number);
}

/** The results of `look` for each process. A process that ends meanwhile has no result. */
export async function lookAtProcesses<Found>(
  processes: readonly number[],
  look: (directory: string, id: number) => Promise<readonly Found[]>,
): Promise<Seen<readonly Found[]>> {
  let denied = false;
  const found = await Promise.all(
    processes.map((id) =>
      look(`/proc/${id}`, id).catch((error: NodeJS.ErrnoException) => {
        if (id !== initProcess && (error.code === 'EACCES' || error.code === 'EPERM')) denied = true;
        return [];
      }),
    ),
  );
  return { found: found.flat(), denied };
}

/** What the file descriptors of a process refer to, in the notation of proc(5): a path, "socket:[4711]". */
export async function openFiles(directory: string): Promise<readonly string[]> {
  const descriptors = await readdir(`${directory}/fd`);
  const links = await Promise.all(
    descriptors.map((name) => readlink(`${directory}/fd/${name}`).catch(() => undefined)),
  );
  return links.filter((link) => link !== undefined);
}

/** The name of a process's program: that of its file, or its own name if the file cannot be read. */
export async function programName(directory: string): Promise<string> {
  return (await programFile(directory)) ?? (await ownName(directory));
}

/** Whether a process is systemd, which holds sockets for services that it starts at the first connection. */
export async function isSystemd(directory: string): Promise<boolean> {
  if ((await ownName(directory)) !== 'systemd') return false;
  return ((await programFile(directory)) ?? 'systemd') === 'systemd';
}

async function programFile(directory: string): Promise<string | undefined> {
  const path = await readlink(`${directory}/exe`).catch(() => undefined);
  return path === undefined ? undefined : basename(path.replace(/ \(deleted\)$/, ''));
}

/** At most 15 bytes. Node 24 and newer use the name of their main thread. */
async function ownName(directory: string): Promise<string> {
  return (await readFile(`${directory}/comm`, 'utf8').catch(() => '')).trimEnd();
}
