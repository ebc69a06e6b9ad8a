/**
 * The messages of jaco.v1 as they are decoded: proto/jaco/v1 in TypeScript, with field names in camel case. uint64 and
 * int64 are decimal text, bytes are Buffers, absent messages null.
 */

/** google.protobuf.Timestamp. */
export interface TimestampMessage {
  readonly seconds: string;
  readonly nanos: number;
}

/** jaco.v1.BackupRequest and jaco.v1.ClusterStatusRequest. */
export type NoFields = Readonly<Record<never, never>>;

/** jaco.v1.BackupChunk: the next bytes of an archive. */
export interface BackupChunk {
  readonly data: Buffer;
}

/** jaco.v1.ClusterStatusResponse. `leader` is a raft address. */
export interface ClusterStatusResponse {
  readonly nodes: readonly NodeMessage[];
  readonly leader: string;
  readonly raftIndex: string;
  readonly initialized: boolean;
  readonly suffrages: readonly { readonly hostname: string; readonly kind: number }[];
}

/** jaco.v1.Node. `address` is that of the raft transport. */
export interface NodeMessage {
  readonly hostname: string;
  readonly address: string;
  readonly serverCertFingerprint: Buffer;
  readonly wireguardPubkey: Buffer;
  readonly status: number;
  readonly statusDetails: Readonly<Record<string, string>>;
  readonly joinedAt: TimestampMessage | null;
  readonly grpcAddress: string;
  readonly cpuPressure: number;
  readonly memoryPressure: number;
  readonly lastPressureAt: TimestampMessage | null;
}

/** jaco.v1.AuditQueryRequest. */
export interface AuditQueryRequest {
  readonly since: TimestampMessage | null;
  readonly until: TimestampMessage | null;
  readonly types: readonly number[];
  readonly follow: boolean;
}

/** jaco.v1.AuditEvent. */
export interface AuditEventMessage {
  readonly raftIndex: string;
  readonly type: number;
  readonly identity: string;
  readonly ts: TimestampMessage | null;
  readonly payload: Readonly<Record<string, string>>;
}

/** jaco.v1.ClusterMeta. */
export interface ClusterMetaMessage {
  readonly clusterId: string;
  readonly caCert: Buffer;
  /** Secret. */
  readonly caKey: Buffer;
  readonly createdAt: TimestampMessage | null;
}

/** jaco.v1.Token. `hashedSecret` is the SHA-256 of the token's text. */
export interface TokenMessage {
  readonly identity: string;
  readonly hashedSecret: Buffer;
  readonly issuedAt: TimestampMessage | null;
  readonly revokedAt: TimestampMessage | null;
  readonly allowsPrivileged: boolean;
}

/** jaco.v1.Deployment. */
export interface DeploymentMessage {
  readonly name: string;
  readonly appliedRevision: string;
  readonly previousRevision: string;
  readonly status: number;
  readonly statusDetails: Readonly<Record<string, string>>;
  readonly jacoYaml: Buffer;
  readonly composeYaml: Buffer;
  readonly services: readonly Buffer[];
  readonly updatedAt: TimestampMessage | null;
  readonly acmeEmail: string;
}

/** The part of jaco.v1.FSMSnapshot that this program writes. */
export interface StateMessage {
  readonly cluster: ClusterMetaMessage;
  readonly nodes: readonly NodeMessage[];
  readonly deployments: readonly DeploymentMessage[];
  readonly routes: readonly Buffer[];
  readonly certs: readonly Buffer[];
  readonly tokens: readonly TokenMessage[];
  readonly subnets: readonly SubnetMessage[];
  readonly auditEvents: readonly AuditEventMessage[];
  readonly registryCredentials: readonly Buffer[];
}

/** The part of jaco.v1.Subnet that this program reads. */
export interface SubnetMessage {
  readonly deployment: string;
  readonly network: string;
  readonly host: string;
}

/** jaco.v1.Command: what one log entry does to the state. It has at most one of the fields after `identity`. */
export interface CommandMessage {
  readonly ts: TimestampMessage | null;
  readonly identity: string;
  readonly clusterInit?: ClusterInitMessage;
  readonly nodeJoin?: NodeJoinMessage;
  readonly nodeRemove?: { readonly hostname: string };
  readonly nodeStatusUpdate?: NodeStatusUpdateMessage;
  readonly nodeUpdateSelf?: NodeUpdateSelfMessage;
  readonly auditAppend?: { readonly event: AuditEventMessage | null };
  readonly batch?: { readonly children: readonly CommandMessage[] };
}

/** jaco.v1.ClusterInit. */
export interface ClusterInitMessage {
  readonly clusterId: string;
  readonly caCert: Buffer;
  /** Secret. */
  readonly caKey: Buffer;
  readonly operatorTokenHashedSecret: Buffer;
  readonly selfHostname: string;
  readonly selfAddress: string;
}

/** jaco.v1.NodeJoin. */
export type NodeJoinMessage = Pick<
  NodeMessage,
  'hostname' | 'address' | 'serverCertFingerprint' | 'wireguardPubkey' | 'grpcAddress'
>;

/** jaco.v1.NodeStatusUpdate. */
export interface NodeStatusUpdateMessage {
  readonly hostname: string;
  readonly status: number;
  readonly details: Readonly<Record<string, string>>;
  readonly cpuPressure: number;
  readonly memoryPressure: number;
  readonly includePressure: boolean;
}

/** jaco.v1.NodeUpdateSelf. */
export type NodeUpdateSelfMessage = Pick<NodeMessage, 'hostname' | 'wireguardPubkey' | 'grpcAddress'>;

/** jaco.v1.Error, the typed detail of a failed call. */
export interface DaemonErrorMessage {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
}

/** google.rpc.Status. */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  /** google.protobuf.Any; its names are not in camel case because protobufjs defines it itself. */
  readonly details: readonly { readonly type_url: string; readonly value: Buffer }[];
}
