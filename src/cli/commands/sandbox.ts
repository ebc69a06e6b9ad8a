import { once } from 'node:events';
import { composeSandbox } from '../../composition/container.js';
import { findKeyFile } from '../key-file.js';
import type { KeyringOptions } from '../options.js';
import { leftBehindText } from '../rendering/left-behind-text.js';
import { sandboxText } from '../rendering/sandbox-text.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco sandbox`. */
export interface SandboxOptions extends KeyringOptions {
  readonly dataDir: string;
  readonly socket?: string;
  readonly listen?: string;
  readonly name?: string;
}

/** `jaco sandbox`: the embedded daemon, until it is interrupted. */
export async function sandbox(options: SandboxOptions, terminal: Terminal): Promise<void> {
  // No other user may connect before the socket has its mode. All other files get theirs under any umask.
  process.umask(0o117);
  const run = await composeSandbox(process.env, await findKeyFile(options.keyFile, process.env));
  const running = await run({
    dataDirectory: options.dataDir,
    socket: options.socket,
    passedSocket: options.socket === undefined ? passedSocket(process.env, process.pid) : undefined,
    listen: options.listen,
    name: options.name,
  });
  for (const warning of running.warnings) terminal.warn(warning);
  terminal.print(sandboxText(running));
  terminal.note('The sandbox replicates nothing: it is for trials, drills and tests. Stop it with Ctrl-C.');
  if (!terminal.signal.aborted) await once(terminal.signal, 'abort');
  const left = leftBehindText(await running.close());
  if (left !== '') terminal.warn(left);
}

/**
 * The first file descriptor that systemd passes (sd_listen_fds(3)); undefined if it passes no socket to this process.
 */
function passedSocket({ LISTEN_PID, LISTEN_FDS }: NodeJS.ProcessEnv, processId: number): number | undefined {
  return LISTEN_PID === String(processId) && Number(LISTEN_FDS) >= 1 ? 3 : undefined;
}
