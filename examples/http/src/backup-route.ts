import { composeBackup } from 'jaco/composition/container';
import { takeBackup } from 'jaco/domain/backup/take-backup';
import type { ArchiveWriter } from 'jaco/ports/archive-writer';
import { daemonStatusCodes, refuse } from './answers.js';
import type { Route } from './route.js';
import type { ServiceSettings } from './settings.js';

/**
 * `GET /backup`: takes a backup and sends it while it is verified, as fast as the client reads. Nothing is sent before the
 * archive's first half MiB, or all of a smaller one, was found good: a failure until then is an answer of its own. The response ends
 * only after the verifier has accepted the archive's end.
 */
export function backupRoute(settings: ServiceSettings): Route {
  const { connection, backupDeadlineMs, largestSnapshotBytes } = settings;
  return {
    method: 'GET',
    statuses: daemonStatusCodes,
    async run(request, response, signal) {
      if (request.httpVersion === '1.0') {
        // Its answers end where the connection does: a part of an archive could not be told from the whole.
        refuse(response, 505, 'http_version', 'A backup is sent by HTTP/1.1 or newer.');
        return;
      }
      const ports = await composeBackup({
        connection,
        deadlineMs: backupDeadlineMs,
        limits: { snapshotBytes: largestSnapshotBytes },
        recipients: [],
        // A follower names the leader, which takes the same token. The local socket knows none.
        connectionTo: connection.kind === 'tls' ? (address) => ({ ...connection, address }) : undefined,
        streams: { input: () => request, output: () => response },
      });
      response.setHeader('content-type', 'application/gzip');
      response.setHeader('content-disposition', 'attachment; filename="cluster.tar.gz"');
      response.setHeader('cache-control', 'no-store');
      await takeBackup({ ...ports, writer: onePieceBehind(ports.writer) }, { kind: 'standard-stream' }, signal);
      response.end();
    },
  };
}

/** Keeps each piece back until there is another, or the end: the verifier has then found it good. */
function onePieceBehind(writer: ArchiveWriter): ArchiveWriter {
  async function* delayed(archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    let held: Uint8Array | undefined;
    for await (const piece of archive) {
      if (held !== undefined) yield held;
      held = piece;
    }
    if (held !== undefined) yield held;
  }
  return { write: (destination, archive, signal) => writer.write(destination, delayed(archive), signal) };
}
