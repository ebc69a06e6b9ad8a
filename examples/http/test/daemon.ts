import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { archiveOf } from './archives.js';

/** The program of the installed package, which restores a cluster here and runs its embedded daemon. */
const program = fileURLToPath(new URL('dist/jaco.js', import.meta.resolve('jaco/package.json')));

/** A daemon in its own process. */
export interface TestDaemon {
  readonly socket: string;
  stop(): Promise<void>;
}

/** Starts the embedded daemon on a cluster whose archive takes about so many bytes; `path` gives paths of files. */
export async function startDaemon(path: (name: string) => string, archiveBytes: number): Promise<TestDaemon> {
  writeFileSync(path('cluster.tar.gz'), archiveOf(archiveBytes));
  const place = ['--data-dir', path('data'), '--name', 'node-1'];
  const addresses = ['--advertise-addr', '10.0.0.5:7001', '--grpc-addr', '10.0.0.5:7000', '--socket', path('s')];
  const environment = { ...process.env, JACO_CONFIG: '/nonexistent/jacod.yaml' };
  const restoring = [program, 'restore', '--input', path('cluster.tar.gz'), ...place, ...addresses, '--no-identity'];
  execFileSync(process.execPath, restoring, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  const running = spawn(process.execPath, [program, 'sandbox', ...place, '--socket', path('s')], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(running, 'exit');
  let printed = '';
  for await (const text of running.stdout) {
    printed += text;
    if (printed.includes('Ready.\n')) break;
  }
  if (!printed.includes('Ready.\n')) throw new Error(`the daemon did not start: ${printed}`);
  return {
    socket: path('s'),
    async stop() {
      running.kill();
      await ended;
    },
  };
}
