import type { NodePlan } from '../domain/restore/node-plan.js';
import type { RaftVoter } from '../domain/restore/raft-store-seed.js';
import type { DocumentWords } from './document-words.js';

/** The single voter, for a program; addresses are host:port, each with where it comes from. */
export interface VoterDocument {
  readonly id: string;
  readonly address: string;
  readonly address_source: string;
  readonly grpc_address: string;
  readonly grpc_address_source: string;
}

/** Whose the files are; null for the user who runs this. */
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
