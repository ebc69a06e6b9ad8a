import type { NodeIdentityRequest } from '../../ports/node-identity-writer.js';
import type { ClusterAuthority } from '../archive/snapshot-findings.js';
import { type Warning, warningOf } from '../warning.js';
import type { NodePlan } from './node-plan.js';
import type { RaftStoreSeed } from './raft-store-seed.js';

/** What of a plan decides the identity of its node. */
export interface IdentityPlan extends Pick<NodePlan, 'identityHosts'> {
  readonly seed: Pick<RaftStoreSeed, 'dataDirectory' | 'owner' | 'voter'>;
}

/** Even where no identity is wanted one is asked for: what a killed restore left of one is cleared away. */
export function identityRequestOf(
  { identityHosts: hosts, seed }: IdentityPlan,
  authority: ClusterAuthority | undefined,
): NodeIdentityRequest {
  const { dataDirectory, owner, voter } = seed;
  const wanted = hosts === undefined || authority === undefined ? undefined : { hosts, authority };
  return { dataDirectory, name: voter.id, wanted, owner };
}

/** That the state has nothing which could sign the certificate that is wanted. */
export function warnOfMissingAuthority(
  plan: Pick<IdentityPlan, 'identityHosts'>,
  authority: ClusterAuthority | undefined,
): readonly Warning[] {
  if (plan.identityHosts === undefined || authority !== undefined) return [];
  return [
    warningOf(
      'the snapshot holds no CA, so this node gets no certificate: the daemon starts all the same, but clients that verify it will not trust this node',
    ),
  ];
}
