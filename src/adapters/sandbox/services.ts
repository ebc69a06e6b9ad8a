import { fromJSON, type PackageDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import { conversion } from '../contract/contract.js';
import { contractDescriptor } from '../contract/contract-descriptor.js';

const definitions: PackageDefinition = fromJSON(contractDescriptor as Parameters<typeof fromJSON>[0], conversion);

/** The services of jaco.v1 as gRPC's server takes them. */
export const services = {
  cluster: definitions['jaco.v1.Cluster'] as ServiceDefinition,
  audit: definitions['jaco.v1.Audit'] as ServiceDefinition,
} as const;
