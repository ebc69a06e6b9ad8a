import { copyFile, link, realpath } from 'node:fs/promises';
import { startModule, startUntil, type WaitingProcess } from './child-process.js';

/** What a process does besides listening. */
export interface ListenerWish {
  /** A data directory whose store it opens, as a member of a cluster does. */
  readonly serving?: string;
  /** A separate program, see {@link programCalledSystemd}. */
  readonly program?: string;
  /** Whether it hands the socket on to a process of another program, which serves it, as systemd does when it starts a service. */
  readonly handsOn?: boolean;
}

/**
 * Starts a process that listens on `socket` until it is ended. A connection, which is a failure, ends it with code 9.
 */
export function startListening(socket: string, wish: ListenerWish = {}): Promise<WaitingProcess> {
  const source = `
    import { spawn } from 'node:child_process';
    import { openSync } from 'node:fs';
    import { createServer } from 'node:net';
    ${wish.program === undefined ? '' : "process.title = 'systemd';"}
    ${wish.serving === undefined ? '' : `openSync(${JSON.stringify(`${wish.serving}/raft/log.db`)}, 'r');`}
    const server = createServer(() => process.exit(9));
    server.listen(${JSON.stringify(socket)}, () => {
      if (${wish.handsOn === true}) {
        const waiting = ['--eval', 'process.stdin.resume()'];
        const child = spawn(${JSON.stringify(process.execPath)}, waiting, { stdio: ['pipe', 'inherit', 'inherit', server._handle.fd] });
        child.once('spawn', () => console.log('listening'));
        child.once('exit', () => process.exit());
        process.stdin.on('end', () => child.stdin.end());
      } else {
        console.log('listening');
      }
      process.stdin.resume().on('end', () => { if (${wish.handsOn !== true}) process.exit(); });
    });`;
  if (wish.program === undefined) return startModule('listening', source);
  return startUntil('listening', wish.program, ['--input-type=module', '--eval', source]);
}

/**
 * This Node as a program called systemd, by which a process is known that holds sockets for services. Node 24 and newer call
 * themselves by the name of their main thread, and have to be told their own.
 */
export async function programCalledSystemd(directory: string): Promise<string> {
  const [program, node] = [`${directory}/systemd`, await realpath(process.execPath)];
  await link(node, program).catch(() => copyFile(node, program));
  return program;
}
