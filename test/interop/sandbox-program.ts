import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Engine } from './engine.js';
import { startJaco } from './jaco-program.js';

/** A running `jaco sandbox`. */
export interface SandboxProcess {
  readonly socket: string;
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>;
  /** Ends its process as a power cut would. */
  kill(): Promise<void>;
}

/** Starts `jaco sandbox` over a data directory and waits until it answers; its complaint becomes the error. */
export async function startSandbox(
  engine: Engine,
  dataDirectory: string,
  flags: readonly string[] = [],
): Promise<SandboxProcess> {
  const socket = `${dataDirectory}.sandbox.sock`;
  const child = startJaco(engine, ['sandbox', '--data-dir', dataDirectory, '--socket', socket, ...flags]);
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const sandbox: SandboxProcess = {
    socket,
    async stop() {
      child.kill('SIGINT');
      const [code, signal] = await ended;
      if (code !== 0) throw new Error(`the sandbox stopped with ${code ?? signal}:\n${complaint}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
  engine.killAtEnd(sandbox);
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'Ready.') resolve();
    });
  });
  const failed = ended.then(([code, signal]) => {
    throw new Error(`the sandbox did not come up (${code ?? signal}):\n${complaint}`);
  });
  failed.catch(() => undefined);
  await Promise.race([ready, failed]);
  return sandbox;
}
