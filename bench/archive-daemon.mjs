// Starts and stops the daemon of archive-server.mjs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { clear, root } from './runs.mjs';

/**
 * Serves the archive at `address` (`unix:<path>`, or `host:port` with a certificate and its key) until it is stopped.
 * @param {string} archive @param {string} address @param {readonly string[]} certificateAndKey files
 */
export async function serveArchive(archive, address, certificateAndKey = []) {
  const socket = address.startsWith('unix:') ? address.slice('unix:'.length) : undefined;
  if (socket !== undefined) clear(socket);
  const child = spawn(
    process.execPath,
    [join(root, 'bench/archive-server.mjs'), archive, address, ...certificateAndKey],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [text] = await once(child.stdout, 'data');
  return {
    port: String(text).replace(/\D/g, ''),
    stop() {
      child.kill();
      if (socket !== undefined) clear(socket);
    },
  };
}
