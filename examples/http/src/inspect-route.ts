import type { IncomingMessage, ServerResponse } from 'node:http';
import { composeInspection } from 'jaco/composition/container';
import { errorDocument } from 'jaco/documents/error-document';
import { type InspectionWords, inspectionDocument } from 'jaco/documents/inspection-document';
import { type Inspection, inspectArchive } from 'jaco/domain/archive/inspect-archive';
import { JacoError } from 'jaco/domain/errors';
import { parseJacoVersion } from 'jaco/domain/values/jaco-version';
import { answer, bodyStatusCodes } from './answers.js';
import type { Route } from './route.js';
import type { ServiceSettings } from './settings.js';

/** The field of the query that names the daemon an archive is judged against. */
const daemonVersionField = 'daemon-version';

/**
 * `POST /inspect`: reads the archive in the body as it comes, without storing it, and reports what is in it. If a
 * restore would refuse it, that is part of the answer, not a failure.
 */
export function inspectRoute({ largestArchiveBytes, largestSnapshotBytes }: ServiceSettings): Route {
  return {
    method: 'POST',
    statuses: bodyStatusCodes,
    async run(request, response, signal) {
      const daemonVersion = daemonVersionIn(request.url ?? '');
      refuseLargeBody(Number(request.headers['content-length'] ?? 0), largestArchiveBytes);
      const ports = await composeInspection({
        limits: { snapshotBytes: largestSnapshotBytes },
        identityPath: undefined,
        streams: { input: () => body(request, response, largestArchiveBytes), output: () => response },
        readsPipes: false,
      });
      const wish = { archive: { kind: 'standard-stream' }, daemonVersion, list: undefined } as const;
      const inspection = await inspectArchive(ports, wish, signal);
      answer(response, 200, inspectionAnswer(inspection));
    },
  };
}

/** @throws version_incompatible  the query's value is not a version */
function daemonVersionIn(target: string): string | undefined {
  const given = new URLSearchParams(target.split('?')[1]).get(daemonVersionField) ?? undefined;
  if (given !== undefined) parseJacoVersion(given, `"${daemonVersionField}" in the query`);
  return given;
}

/** The bytes of the body, up to a limit. A client that waits for 100 Continue gets it when the body is read. */
async function* body(
  request: IncomingMessage,
  response: ServerResponse,
  limitBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (request.headers.expect !== undefined) response.writeContinue();
  let sizeBytes = 0;
  // The rest of a refused body is discarded, see service.ts; destroying the request would leave the client without an
  // answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    sizeBytes += chunk.length;
    refuseLargeBody(sizeBytes, limitBytes);
    yield chunk;
  }
}

/** @throws archive_too_large */
function refuseLargeBody(sizeBytes: number, limitBytes: number): void {
  if (sizeBytes <= limitBytes) return;
  throw new JacoError(
    'archive_too_large',
    `the archive is larger than the ${limitBytes} bytes that this server accepts.`,
    {
      details: { limitBytes: String(limitBytes) },
    },
  );
}

/** This server has no sentences of its own: remedies are data, and a source is its name. */
const words: InspectionWords = { nextStep: () => undefined, daemonVersionSource: (source) => source };

/**
 * The inspection document without the archive's path, since there is none, and with a refusal in the form of all
 * failures.
 */
function inspectionAnswer(inspection: Inspection) {
  const { verdict } = inspection;
  const { archive, restore, ...document } = inspectionDocument(inspection, words);
  const refusal = verdict.kind === 'refused' ? errorDocument(verdict.refusal) : null;
  return { ...document, restore: { ...restore, refusal } };
}
