import { execFileSync } from 'node:child_process';
import { closeSync, createWriteStream, openSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type JacoEnd, type RunningJaco, startJaco } from './jaco-process.js';

/** The program at the end of a real pipe, as a shell makes it; Node would give a child a socket instead. */
export interface PipedJaco {
  readonly process: RunningJaco['process'];
  /** The end of the pipe that is written into, for another program's output. */
  readonly forWriting: number;
  /** Resolves once the bytes are in the pipe, which buffers 64 KiB, or once the reader has closed it. */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes the pipe, and returns how the program ended. */
  end(): Promise<JacoEnd>;
}

/** Starts the built `jaco` with a new pipe at `path` as its standard input. */
export function startPipedJaco(path: string, parameters: readonly string[]): PipedJaco {
  execFileSync('mkfifo', [path]);
  // Opened for reading and writing, it does not wait for the other end.
  const both = openSync(path, 'r+');
  const [stdin, forWriting] = [openSync(path, 'r'), openSync(path, 'w')];
  const running = startJaco(parameters, { stdin });
  closeSync(both);
  closeSync(stdin);
  let open = true;
  return {
    process: running.process,
    forWriting,
    async write(bytes) {
      const stream = createWriteStream(path, { fd: forWriting, autoClose: false });
      stream.end(bytes);
      await finished(stream).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE') throw error;
      });
    },
    end() {
      if (open) closeSync(forWriting);
      open = false;
      return running.ended;
    },
  };
}
