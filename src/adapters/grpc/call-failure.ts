import { type ServiceError, status } from '@grpc/grpc-js';
import { JacoError } from '../../domain/errors.js';
import { printable } from '../../domain/printable-text.js';
import { messages } from '../contract/contract.js';
import type { DaemonErrorMessage } from '../contract/messages.js';
import { type DaemonConnection, describeConnection } from './connection.js';
import { diagnoseConnection } from './connection-diagnosis.js';

/** What is known of a call when it fails. */
export interface FailedCall {
  readonly connection: DaemonConnection;
  readonly deadlineMs: number;
  /** Whether the daemon had begun to answer. */
  readonly answered: boolean;
}

/** Where grpc-status-details-bin names the daemon's own error. */
const daemonErrorType = '/jaco.v1.Error';

/**
 * A failed call as an error for the operator: the daemon's own refusal, the missed deadline, a connection that never
 * came about, or one that broke.
 */
export async function callFailure(error: ServiceError, call: FailedCall): Promise<JacoError> {
  const refusal = daemonError(error);
  if (refusal !== undefined) return refused(refusal.code, refusal.message, refusal.details, error);
  const place = describeConnection(call.connection);
  if (error.code === status.DEADLINE_EXCEEDED) {
    return new JacoError(
      'deadline_exceeded',
      `the call to ${place} did not end within ${durationText(call.deadlineMs)}.`,
      { nextStep: 'Check the daemon and the network, or allow more with --timeout.', cause: error },
    );
  }
  if (!isOfTransport(error)) return refused(codeName(error), error.details, {}, error);
  const diagnosis = call.answered ? undefined : await diagnoseConnection(call.connection);
  return (
    diagnosis ??
    new JacoError('stream_broken', `the connection to ${place} broke before the call was complete.`, {
      nextStep: "Try again; if it breaks again, look at the daemon's log.",
      details: { reason: printable(error.details, 300) },
      cause: error,
    })
  );
}

/** The typed error that the daemon attached, if it did. */
function daemonError(error: ServiceError): DaemonErrorMessage | undefined {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    const detail = messages.rpcStatus.decode(bytes).details.find(({ type_url }) => type_url.endsWith(daemonErrorType));
    if (detail === undefined) return undefined;
    const decoded = messages.daemonError.decode(detail.value);
    return decoded.code === '' ? undefined : decoded;
  } catch {
    // Details that cannot be read say nothing; the status itself still does.
    return undefined;
  }
}

/** Whether gRPC made the status up because the connection failed, instead of the daemon sending one. */
function isOfTransport(error: ServiceError): boolean {
  if (error.code === status.UNAVAILABLE || error.code === status.CANCELLED) return true;
  return /^Received (RST_STREAM|HTTP status)|Stream (closed|ended)|invalid metadata|HTTP\/2/i.test(error.details);
}

function codeName(error: ServiceError): string {
  return (status[error.code] ?? 'UNKNOWN').toLowerCase();
}

const nextSteps: Readonly<Record<string, string>> = {
  no_leader: 'Ask the leader with --server (jaco cluster status names it), or wait until one is elected.',
  raft_unavailable: 'Wait until the cluster has a leader again, then try once more.',
  no_cluster: 'Ask a node that belongs to a cluster, or initialise this one with jaco cluster init.',
  cluster_uninitialized: 'Ask a node that belongs to a cluster, or initialise this one with jaco cluster init.',
  backup_failed: "Look at the daemon's log.",
  token_invalid: 'Check the operator token (JACO_TOKEN or --token).',
  token_revoked: 'Use a token that is still valid.',
  unauthenticated: 'Check the operator token (JACO_TOKEN or --token).',
  unimplemented: 'The daemon does not know this call: update it.',
};

function refused(
  code: string,
  message: string,
  details: Readonly<Record<string, string>>,
  cause: ServiceError,
): JacoError {
  const nextStep = nextSteps[code];
  return new JacoError('daemon_refused', `${printable(code, 80)}: ${printable(message, 500)}`, {
    ...(nextStep === undefined ? {} : { nextStep }),
    details: { ...details, daemonCode: code },
    cause,
  });
}

function durationText(ms: number): string {
  if (ms % 60_000 === 0) return ms === 60_000 ? '1 minute' : `${ms / 60_000} minutes`;
  return ms === 1_000 ? '1 second' : `${ms / 1_000} seconds`;
}
