import { readFile } from 'node:fs/promises';
import { openFiles } from './processes.js';

/** A closed connection that only reserves its port numbers: TCP_TIME_WAIT (net/tcp_states.h). */
const timeWait = '06';

/**
 * Whether the kernel has a TCP connection of this process to `port` of any host, including one that is still being
 * established; undefined if this system does not say. A connection that its peer has reset disappears from the kernel's
 * list (/proc/net/tcp, proc(5)) at once, even if this process has not noticed.
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
