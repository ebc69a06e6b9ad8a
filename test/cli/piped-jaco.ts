import { execFileSync } from 'node:child_process';
import { closeSync, createWriteStream, openSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type JacoEnd, type RunningJaco, startJaco } from './jaco-process.js';

/** The program at the end of a pipe as the shell makes them; what Node gives a child as one is a socket. */
export interface PipedJaco {
  readonly process: RunningJaco['process'];
  /** The end of the pipe that is written into, for another program's output. */
  readonly forWriting: number;
  /** Resolves once the bytes are in the pipe, which holds 64 KiB that nobody has read, or once nobody reads any more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Lets go of the pipe, so that it ends, and gives how the program ended. */
  end(): Promise<JacoEnd>;
}

/** Starts the built `jaco` with a pipe at `path`, where nothing is yet, for its standard input. */
export function startPipedJaco(path: string, parameters: readonly string[]): PipedJaco {
  execFileSync('mkfifo', [path]);
  // Opened for both, it waits for nobody at the other end.
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
