import { type ServiceError, status } from '@grpc/grpc-js';
import { type ErrorContext, JacoError } from '../../domain/errors.js';
import { advice, checkParameters, type Remedy } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import { messages } from '../contract/contract.js';
import type { DaemonErrorMessage } from '../contract/messages.js';
import { type DaemonConnection, describeConnection } from './connection.js';
import { diagnoseConnection } from './connection-diagnosis.js';
import { originOf, reasonIn } from './failure-origin.js';

/** What is known of a call when it fails. */
export interface FailedCall {
  readonly connection: DaemonConnection;
  readonly deadlineMs: number;
  /** When it had to end, in milliseconds since 1970. */
  readonly deadline: number;
  /** Whether the request was handed to an established connection, so that the daemon may have received it. */
  readonly wasHandedOver: boolean;
  /** Whether this process ended the call because its connection was lost unnoticed. */
  readonly isLost: boolean;
  /** Whether the answer is not gRPC, by its content-type. */
  readonly isForeign: boolean;
}

const resetUnnoticed = 'the connection was reset';

/** Where grpc-status-details-bin names the daemon's own error. */
const daemonErrorType = '/jaco.v1.Error';

/**
 * A failed call as an error for the operator: the daemon's own refusal, the missed deadline, a connection that never
 * came about, or one that broke. A failure in this process before anything was sent is unexpected: an error without a
 * code, with its own message.
 */
export async function callFailure(error: ServiceError, call: FailedCall): Promise<Error> {
  const refusal = daemonError(error);
  if (refusal !== undefined) return refused(refusal, call.connection, error);
  const place = describeConnection(call.connection);
  // The error of a call that we ended is our own cancellation.
  const [reason, said] = call.isLost ? [resetUnnoticed, resetUnnoticed] : [reasonIn(error), error.details];
  const context = { details: { reason: printable(said, 300) }, cause: error };
  switch (call.isForeign ? 'foreign' : originOf(error, call)) {
    case 'daemon':
      return refused({ code: codeName(error), message: '', details: {} }, call.connection, error);
    case 'deadline':
      return new JacoError(
        'deadline_exceeded',
        `the call to ${place} did not end within ${durationText(call.deadlineMs)}.`,
        {
          remedies: [advice('Check the daemon and the network.'), { kind: 'raise-limit', parameter: 'timeout' }],
          ...context,
        },
      );
    case 'foreign':
      return new JacoError('stream_broken', `what answers at ${place} does not speak the daemon's contract.`, {
        remedies: [advice('Check that it is a JACO daemon, and not a proxy or another service.')],
        ...context,
      });
    case 'process':
      return new Error(
        `the call to ${place} failed in this program, before anything was sent: ${printable(reason, 400)}.`,
        { cause: error },
      );
    case 'unconnected':
      return (await diagnoseConnection(call.connection)) ?? unconnected(place, printable(reason, 300), context);
    case 'broken':
      return new JacoError('stream_broken', `the connection to ${place} broke before the call was complete.`, {
        remedies: [advice("Try again; if it breaks again, look at the daemon's log.")],
        ...context,
      });
  }
}

/**
 * With TLS 1.3 the handshake is complete for a client before the server rejects its missing certificate, so a second
 * connection finds nothing wrong (findings/alert-after-the-handshake.sh). Alert 116 of RFC 8446.
 */
const certificateRequired = /\balert certificate required\b/;

/** The connection failed, but a second attempt succeeded. */
function unconnected(place: string, reason: string, context: ErrorContext): JacoError {
  if (certificateRequired.test(reason)) {
    return new JacoError(
      'tls_untrusted',
      `the server at ${place} asks for a client's certificate, which no daemon does for gRPC. Nothing was sent to it.`,
      {
        remedies: [checkParameters('server')],
        ...context,
      },
    );
  }
  return new JacoError('connection_failed', `no connection to ${place} came about: ${reason}.`, {
    remedies: [
      advice(
        "Nothing was sent to it, and it can be reached now: try again. If it fails again, look at the daemon's log.",
      ),
    ],
    ...context,
  });
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
    // Without readable details, the status itself still counts.
    return undefined;
  }
}

function codeName(error: ServiceError): string {
  return (status[error.code] ?? 'UNKNOWN').toLowerCase();
}

const outsideCluster: readonly Remedy[] = [
  advice('Ask a node that belongs to a cluster.'),
  { kind: 'initialise-cluster' },
];

/** By the daemon's code, which may be any word. */
const remediesOf: ReadonlyMap<string, readonly Remedy[]> = new Map<string, readonly Remedy[]>([
  ['no_leader', [{ kind: 'find-leader' }, advice('Wait until one is elected.')]],
  ['raft_unavailable', [advice('Wait until the cluster has a leader again, then try once more.')]],
  ['no_cluster', outsideCluster],
  ['cluster_uninitialized', outsideCluster],
  ['backup_failed', [advice("Look at the daemon's log.")]],
  ['token_invalid', [checkParameters('token')]],
  ['token_revoked', [advice('Use a token that is still valid.')]],
  ['unauthenticated', [checkParameters('token')]],
  ['unimplemented', [advice('Update the daemon: it does not know this call.')]],
]);

/**
 * The engine takes no snapshot between a change of the membership and the next command that it applies
 * (hashicorp/raft, snapshot.go); the daemon's own heartbeat is such a command.
 */
const pendingMembership = /\bwait until the configuration entry\b/;
const afterMembershipChange: readonly Remedy[] = [
  advice('The membership has just changed. Try again in half a minute.'),
  { kind: 'change-cluster' },
];

function refused(
  { code, message, details }: DaemonErrorMessage,
  connection: DaemonConnection,
  cause: ServiceError,
): JacoError {
  const remedies = pendingMembership.test(message) ? afterMembershipChange : (remediesOf.get(code) ?? []);
  // The daemon's message is foreign text, and may repeat what it was sent.
  const said = withoutToken(message || cause.details || 'the daemon gave no reason', connection);
  return new JacoError('daemon_refused', `${printable(code, 80)}: ${printable(said, 500)}`, {
    remedies,
    details: { ...details, daemonCode: code },
    cause,
  });
}

function withoutToken(text: string, connection: DaemonConnection): string {
  return connection.kind === 'tls' ? text.replaceAll(connection.token, '<token>') : text;
}

function durationText(ms: number): string {
  if (ms % 60_000 === 0) return ms === 60_000 ? '1 minute' : `${ms / 60_000} minutes`;
  return ms === 1_000 ? '1 second' : `${ms / 1_000} seconds`;
}
