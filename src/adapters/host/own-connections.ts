import { readFile } from 'node:fs/promises';
import { openFiles } from './processes.js';

/** A connection that has ended and only keeps its numbers from being used again: TCP_TIME_WAIT (net/tcp_states.h). */
const timeWait = '06';

/**
 * Whether the kernel has a TCP connection of this process to `port`, of whatever host, also one that is only being made;
 * undefined where this system does not say. A connection that its peer has reset is gone from the kernel's list
 * (/proc/net/tcp, proc(5)) at once, whatever this process knows of it.
 */
export async function hasConnectionTo(port: number): Promise<boolean | undefined> {
  try {
    const own = new Set(await openFiles('/proc/self'));
    const [tcp, tcp6] = await Promise.all([
      readFile('/proc/self/net/tcp', 'latin1'),
      // Without IPv6 there is no such list.
      readFile('/proc/self/net/tcp6', 'latin1').catch(() => ''),
    ]);
    return [tcp, tcp6].some((list) => list.split('\n').some((line) => isConnection(line, port, own)));
  } catch {
    return undefined;
  }
}

/** A line of the list: number, own address, the peer's, state, queues, timers, tries, user, timeout, inode. */
function isConnection(line: string, port: number, own: ReadonlySet<string>): boolean {
  const [, , peer = '', state, , , , , , inode] = line.trim().split(/ +/);
  const [, peerPort = ''] = peer.split(':');
  return Number.parseInt(peerPort, 16) === port && state !== timeWait && own.has(`socket:[${inode}]`);
}
