import type { NodePlan } from '../domain/restore/node-plan.js';
import type { RaftVoter } from '../domain/restore/raft-store-seed.js';
import type { DocumentWords } from './document-words.js';

/** The single voter, for a program; addresses are host:port, each with its origin. */
export interface VoterDocument {
  readonly id: string;
  readonly address: string;
  readonly address_source: string;
  readonly grpc_address: string;
  readonly grpc_address_source: string;
}

/** The owner of the files; null: the user who runs the command. */
export type OwnerDocument = { readonly uid: number; readonly gid: number } | null;

/** The single voter, as data for a program. */
export function voterDocument(
  { id, address }: RaftVoter,
  plan: Pick<NodePlan, 'addressSource' | 'grpcAddress' | 'grpcAddressSource'>,
  words: DocumentWords,
): VoterDocument {
  return {
    id,
    address,
    address_source: words.addressSource(plan.addressSource),
    grpc_address: plan.grpcAddress,
    grpc_address_source: words.addressSource(plan.grpcAddressSource),
  };
}
