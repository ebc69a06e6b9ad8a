import type { NodeIdentityRequest } from '../../ports/node-identity-writer.js';
import type { ClusterAuthority } from '../archive/snapshot-findings.js';
import { type Warning, warningOf } from '../warning.js';
import type { NodePlan } from './node-plan.js';
import type { RaftStoreSeed } from './raft-store-seed.js';

/** The part of a plan that decides the node's identity. */
export interface IdentityPlan extends Pick<NodePlan, 'identityHosts'> {
  readonly seed: Pick<RaftStoreSeed, 'dataDirectory' | 'owner' | 'voter'>;
}

/** The request is made even if no identity is wanted, to clear away what a killed restore left. */
export function identityRequestOf(
  { identityHosts: hosts, seed }: IdentityPlan,
  authority: ClusterAuthority | undefined,
): NodeIdentityRequest {
  const { dataDirectory, owner, voter } = seed;
  const wanted = hosts === undefined || authority === undefined ? undefined : { hosts, authority };
  return { dataDirectory, name: voter.id, wanted, owner };
}

/** Warns that the state has no CA to sign the requested certificate. */
export function warnOfMissingAuthority(
  plan: Pick<IdentityPlan, 'identityHosts'>,
  authority: ClusterAuthority | undefined,
): readonly Warning[] {
  if (plan.identityHosts === undefined || authority !== undefined) return [];
  return [
    warningOf(
      'the state holds no CA, so this node gets no certificate: the daemon starts all the same, but clients that verify it will not trust this node',
    ),
  ];
}
