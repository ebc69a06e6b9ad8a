import {
  fromJSON,
  type MessageTypeDefinition,
  type PackageDefinition,
  type ServiceDefinition,
} from '@grpc/proto-loader';
import { contractDescriptor } from './contract-descriptor.js';
import type {
  AuditEventMessage,
  AuditQueryRequest,
  BackupChunk,
  ClusterStatusResponse,
  CommandMessage,
  DaemonErrorMessage,
  NoFields,
  RpcStatus,
  StateMessage,
} from './messages.js';

/** A message of which any field, at any depth, may be left out: it then has its default. */
export type Draft<Message> = Message extends Buffer | string | number | boolean | null
  ? Message
  : { readonly [Field in keyof Message]?: Draft<Message[Field]> };

/** A message's encoding. */
export interface MessageCodec<Message> {
  encode(message: Draft<Message>): Buffer;
  decode(bytes: Uint8Array): Message;
}

/** One call of a service, from the caller's and the daemon's side. */
export interface CallDefinition<Request, Response> {
  readonly path: string;
  readonly request: MessageCodec<Request>;
  readonly response: MessageCodec<Response>;
}

const definitions: PackageDefinition = fromJSON(contractDescriptor as Parameters<typeof fromJSON>[0], {
  // uint64 must survive: text becomes bigint where it is read.
  longs: String,
  bytes: Buffer,
  defaults: true,
  arrays: true,
  objects: true,
});

/** The services of jaco.v1 as gRPC's server takes them. */
export const services = {
  cluster: definitions['jaco.v1.Cluster'] as ServiceDefinition,
  audit: definitions['jaco.v1.Audit'] as ServiceDefinition,
} as const;

/** The calls of jaco.v1 that this program makes. */
export const calls = {
  backup: callOf<NoFields, BackupChunk>('cluster', 'Backup'),
  status: callOf<NoFields, ClusterStatusResponse>('cluster', 'Status'),
  auditQuery: callOf<AuditQueryRequest, AuditEventMessage>('audit', 'Query'),
} as const;

/** The messages that are read or written outside of calls. */
export const messages = {
  /** A state, or a piece of one: appending the bytes of a piece merges it (protobuf.dev, "Last One Wins"). */
  state: codecOf<StateMessage>('jaco.v1.FSMSnapshot'),
  cluster: codecOf<StateMessage['cluster']>('jaco.v1.ClusterMeta'),
  node: codecOf<StateMessage['nodes'][number]>('jaco.v1.Node'),
  token: codecOf<StateMessage['tokens'][number]>('jaco.v1.Token'),
  subnet: codecOf<StateMessage['subnets'][number]>('jaco.v1.Subnet'),
  command: codecOf<CommandMessage>('jaco.v1.Command'),
  auditEvent: codecOf<AuditEventMessage>('jaco.v1.AuditEvent'),
  daemonError: codecOf<DaemonErrorMessage>('jaco.v1.Error'),
  rpcStatus: codecOf<RpcStatus>('google.rpc.Status'),
} as const;

function codecOf<Message>(name: string): MessageCodec<Message> {
  return codec<Message>(definitions[name] as MessageTypeDefinition<object, object>);
}

function callOf<Request, Response>(service: keyof typeof services, method: string): CallDefinition<Request, Response> {
  const definition = services[service][method];
  if (definition === undefined) throw new Error(`the contract has no call ${service}.${method}`);
  return {
    path: definition.path,
    request: codec<Request>(definition.requestType),
    response: codec<Response>(definition.responseType),
  };
}

function codec<Message>(definition: MessageTypeDefinition<object, object>): MessageCodec<Message> {
  return {
    encode: (message) => definition.serialize(message as object),
    decode: (bytes) => definition.deserialize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)) as Message,
  };
}
