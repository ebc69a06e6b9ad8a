import type { ServerResponse } from 'node:http';
import { type ErrorDocument, errorDocument } from 'jaco/documents/error-document';
import { jsonText } from 'jaco/documents/json-text';
import type { ErrorCode, JacoError } from 'jaco/domain/errors';

/** HTTP status codes by error code. A code without an entry is a fault of this server: 500. */
export type StatusCodes = Partial<Record<ErrorCode, number>>;

/** For a request that depends on the daemon: the daemon is at fault, or cannot be reached. */
export const daemonStatusCodes: StatusCodes = {
  connection_failed: 502,
  tls_untrusted: 502,
  daemon_refused: 502,
  stream_broken: 502,
  deadline_exceeded: 504,
  archive_rejected: 502,
  archive_too_large: 502,
};

/** For a request that depends on its own body: the client is at fault. */
export const bodyStatusCodes: StatusCodes = {
  version_incompatible: 400,
  archive_unreadable: 400,
  archive_too_large: 413,
  archive_rejected: 422,
  identity_missing: 422,
};

/** Sends a document, with all digits of its bigints. Caches must not store it. */
export function answer(response: ServerResponse, status: number, document: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(`${jsonText(document)}\n`);
}

/** Reports an expected failure. */
export function answerError(response: ServerResponse, error: JacoError, statuses: StatusCodes): void {
  answer(response, statuses[error.code] ?? 500, { error: errorDocument(error) });
}

/** Reports a failure that only this server defines, in the same form as all others. */
export function refuse(response: ServerResponse, status: number, code: RefusalCode, message: string): void {
  const error: Refusal = { code, message, facts: {}, remedies: [], left_behind: [] };
  answer(response, status, { error });
}

/** The codes that this server adds to those of the library. */
export type RefusalCode = 'unauthorized' | 'not_found' | 'method_not_allowed' | 'http_version' | 'unexpected';

type Refusal = Omit<ErrorDocument, 'code'> & { readonly code: RefusalCode };
