import { Metadata, type ServerErrorResponse, status } from '@grpc/grpc-js';
import { messages } from '../contract/contract.js';

/** A daemon's typed refusals, by their code (wire facts, section 1). */
const grpcCodes = {
  token_invalid: status.UNAUTHENTICATED,
  token_revoked: status.UNAUTHENTICATED,
  backup_failed: status.INTERNAL,
  query_failed: status.INTERNAL,
} as const;

/** The failure of a call with the daemon's typed error attached, as gRPC carries it (grpc-status-details-bin). */
export function refusal(code: keyof typeof grpcCodes, message: string): ServerErrorResponse {
  const detail = messages.daemonError.encode({ code, message });
  const metadata = new Metadata();
  metadata.set(
    'grpc-status-details-bin',
    messages.rpcStatus.encode({
      code: grpcCodes[code],
      message,
      details: [{ type_url: 'type.googleapis.com/jaco.v1.Error', value: detail }],
    }),
  );
  return Object.assign(new Error(message), { code: grpcCodes[code], details: message, metadata });
}
