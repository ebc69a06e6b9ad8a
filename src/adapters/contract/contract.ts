import protobuf from 'protobufjs/light.js';
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

/** A message in which any field, at any depth, may be omitted: it then has its default. */
export type Draft<Message> = Message extends Buffer | string | number | boolean | null
  ? Message
  : { readonly [Field in keyof Message]?: Draft<Message[Field]> };

/** A message's encoding. */
export interface MessageCodec<Message> {
  encode(message: Draft<Message>): Buffer;
  decode(bytes: Uint8Array): Message;
}

/** One call of a service, for clients and daemons. */
export interface CallDefinition<Request, Response> {
  readonly path: string;
  readonly request: MessageCodec<Request>;
  readonly response: MessageCodec<Response>;
}

/**
 * Loaded without @grpc/proto-loader, which also describes each message for server reflection: at every start that takes
 * ten times as long as everything that a client needs.
 */
const contract = protobuf.Root.fromJSON(contractDescriptor as protobuf.INamespace).resolveAll();

/** The form of decoded messages, the same as @grpc/proto-loader gives to the sandbox's services. */
export const conversion = {
  // uint64 must keep its precision: readers convert the text to bigint.
  longs: String,
  bytes: Buffer,
  defaults: true,
  arrays: true,
  objects: true,
} as const;

/** The calls of jaco.v1 that this program makes. */
export const calls = {
  backup: callOf<NoFields, BackupChunk>('jaco.v1.Cluster', 'Backup'),
  status: callOf<NoFields, ClusterStatusResponse>('jaco.v1.Cluster', 'Status'),
  auditQuery: callOf<AuditQueryRequest, AuditEventMessage>('jaco.v1.Audit', 'Query'),
} as const;

/** The messages that are read or written outside calls. */
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
  return codec<Message>(contract.lookupType(name));
}

function callOf<Request, Response>(service: string, method: string): CallDefinition<Request, Response> {
  const { resolvedRequestType, resolvedResponseType } = contract.lookupService(service).methods[method] ?? {};
  if (!resolvedRequestType || !resolvedResponseType) throw new Error(`the contract has no call ${service}.${method}`);
  return {
    path: `/${service}/${method}`,
    request: codec<Request>(resolvedRequestType),
    response: codec<Response>(resolvedResponseType),
  };
}

function codec<Message>(type: protobuf.Type): MessageCodec<Message> {
  return {
    encode: (message) => type.encode(type.fromObject(message as object)).finish() as Buffer,
    decode: (bytes) =>
      type.toObject(type.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)), conversion) as Message,
  };
}
