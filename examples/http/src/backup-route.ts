import { composeBackup } from 'jaco/composition/container';
import { takeBackup } from 'jaco/domain/backup/take-backup';
import type { ArchiveWriter } from 'jaco/ports/archive-writer';
import { daemonStatusCodes, refuse } from './answers.js';
import type { Route } from './route.js';
import type { ServiceSettings } from './settings.js';

/**
 * `GET /backup`: takes a backup and sends it while it is verified, as fast as the client reads. It sends nothing before
 * it has verified the archive's first half MiB, or all of a smaller archive: a failure until then gets its own answer.
 * The response ends only after the verifier has accepted the archive's end.
 */
export function backupRoute(settings: ServiceSettings): Route {
  const { connection, backupDeadlineMs, largestSnapshotBytes } = settings;
  return {
    method: 'GET',
    statuses: daemonStatusCodes,
    async run(request, response, signal) {
      if (request.httpVersion === '1.0') {
        // Such an answer ends with the connection, so the client could not tell a part of an archive from the whole.
        refuse(response, 505, 'http_version', 'A backup is sent by HTTP/1.1 or newer.');
        return;
      }
      const ports = await composeBackup({
        connection,
        deadlineMs: backupDeadlineMs,
        limits: { snapshotBytes: largestSnapshotBytes },
        recipients: [],
        // A follower names the leader, which accepts the same token. The local socket uses no token.
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

/** Holds each piece back until the next one or the end: by then the verifier has accepted it. */
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
