import type { Parameter } from '../../domain/remedy.js';

/** The command line's words for a parameter. */
export interface ParameterWords {
  /** The flag, the environment variable, or both: what the operator types. */
  readonly flag: string;
  /** Its name in a sentence that asks the operator to check it. */
  readonly what: string;
  /** The clause that asks for it. */
  readonly give: string;
  /** The clause that asks for another one; without it, only the flag is named. */
  readonly another?: string;
}

/** Every parameter in the words of the command line. */
export const parameterWords: Readonly<Record<Parameter, ParameterWords>> = {
  archive: {
    flag: 'the archive',
    what: 'a backup',
    give: 'give the path of a backup file, or - for standard input',
    another: 'give an archive that jaco backup has written',
  },
  output: { flag: '--output', what: 'the path of a file', give: 'give --output the path of a file' },
  metricsFile: { flag: '--metrics-file', what: 'the path of a file', give: 'give --metrics-file the path of a file' },
  survivingStore: {
    flag: '--from',
    what: 'the data directory that is left of a node',
    give: 'name the data directory that is left of a node, or the raft directory in it',
  },
  acceptedLoss: {
    flag: '--accept-loss',
    what: 'that damaged entries are lost',
    give: 'give --accept-loss to go on without them',
  },
  dataDirectory: {
    flag: '--data-dir',
    what: 'the data directory',
    give: 'point JACO_DATA_DIR or --data-dir at a directory',
  },
  intoOtherFiles: {
    flag: '--into-other-files',
    what: 'that the directory holds other files',
    give: 'give --into-other-files if it really is this one',
  },
  nodeName: {
    flag: '--name',
    what: "the node's hostname",
    give: 'give the hostname under which the daemon will start, for example --name $(hostname)',
  },
  advertiseAddress: {
    flag: '--advertise-addr',
    what: "the host:port of this node's raft transport",
    give: "give the host:port of this node's raft transport with --advertise-addr",
  },
  grpcAddress: {
    flag: '--grpc-addr',
    what: "the host:port of this node's gRPC server",
    give: "give the host:port of this node's gRPC server with --grpc-addr",
  },
  daemonVersion: {
    flag: '--daemon-version',
    what: 'the version of the daemon on this host',
    give: 'give the version of the daemon on this host with --daemon-version',
  },
  expectedCluster: {
    flag: '--expect-cluster',
    what: 'the id of the cluster that is meant',
    give: 'give the id of the cluster that is meant with --expect-cluster',
  },
  removedNodes: {
    flag: '--remove-node',
    what: 'the hostname of a node in the state',
    give: 'give the hostnames of other nodes with --remove-node',
  },
  bare: { flag: '--bare', what: 'that the state stays as it is', give: 'give --bare' },
  identityFile: {
    flag: '--identity',
    what: 'the age identity file',
    give: 'give the age identity file with --identity',
    another: 'give the age identity file (AGE-SECRET-KEY-1…) of one of the recipients with --identity',
  },
  keyFile: {
    flag: '--key-file',
    what: "the file with the cluster's keyring",
    give: "name the file with the cluster's keyring with --key-file or JACO_STATE_KEY_FILE",
    another: "name the file with the cluster's keyring, as an absolute path, with --key-file or JACO_STATE_KEY_FILE",
  },
  newKeyFile: {
    flag: '--file',
    what: 'where the new keyring goes',
    give: 'say where the new keyring goes with --file',
    another: 'choose another path with --file',
  },
  keyId: {
    flag: '--key-id',
    what: 'the id of the new key',
    give: 'name the new key with --key-id',
    another: 'choose another with --key-id',
  },
  nextKeyFile: {
    flag: '--new-key-file',
    what: 'the keyring to re-encrypt under',
    give: 'name the keyring to re-encrypt under with --new-key-file',
    another: 'name the keyring to re-encrypt under, as an absolute path, with --new-key-file',
  },
  retainedKeyFile: {
    flag: '--retain-file',
    what: 'the keyring whose keys are kept',
    give: 'name the keyring whose keys are kept with --retain-file',
    another: 'name the keyring whose keys are kept with --retain-file',
  },
  reencryptedArchive: {
    flag: '--file',
    what: 'where the re-encrypted backup goes',
    give: 'say where the re-encrypted backup goes with --file',
    another: 'choose another path with --file',
  },
  allowLegacyPlaintext: {
    flag: '--allow-legacy-plaintext',
    what: 'that a plain backup is sealed as it is',
    give: 'give --allow-legacy-plaintext if you know where this backup has been',
  },
  allowPlain: {
    flag: '--allow-plain',
    what: 'that a plain backup becomes a sealed store',
    give: 'give --allow-plain and --key-file if you know where this backup has been',
  },
  sealedStore: {
    flag: '--sealed',
    what: 'that the daemon boots a sealed store',
    give: 'give --sealed if the daemon that will boot here seals its state',
  },
  plainStore: {
    flag: '--plain',
    what: 'that the daemon boots a plain store',
    give: 'give --plain if an older daemon will boot here',
  },
  maxSnapshotSize: {
    flag: '--max-snapshot-size',
    what: 'the largest snapshot that is read',
    give: 'give the size of the largest snapshot with --max-snapshot-size',
  },
  server: {
    flag: '--server',
    what: "the leader's gRPC address: port 7000, not that of raft, 7001",
    give: "give the leader's gRPC address with --server",
  },
  socket: {
    flag: '--socket',
    what: 'the unix socket of the daemon',
    give: 'name its socket with --socket',
    another: 'choose another path with --socket',
  },
  token: {
    flag: 'JACO_TOKEN or --token',
    what: 'the operator token, 64 hexadecimal characters',
    give: 'give an operator token with JACO_TOKEN or --token',
  },
  tokenFile: {
    flag: '--token-file',
    what: 'a file with the operator token',
    give: 'give --token-file a file with nothing but the operator token in it',
  },
  caCertificate: {
    flag: '--ca-cert',
    what: 'the CA certificate of this cluster',
    give: 'copy node/ca.crt from the data directory of a node and name it with --ca-cert or JACO_CA_CERT',
  },
  timeout: { flag: '--timeout', what: 'how long the call may take', give: 'give a span of time with --timeout' },
  listenAddress: {
    flag: '--listen',
    what: 'the address on which the sandbox serves TLS',
    give: 'give a host:port with --listen',
    another: 'choose another address with --listen',
  },
  daemonConfiguration: {
    flag: 'JACO_CONFIG',
    what: 'the path of jacod.yaml',
    give: 'name the configuration of the daemon with JACO_CONFIG',
    another: 'name another one with JACO_CONFIG',
  },
  s3Endpoint: {
    flag: '--s3-endpoint',
    what: 'the URL of the object storage',
    give: 'give the URL of the object storage with --s3-endpoint',
  },
  s3Region: { flag: '--s3-region', what: 'the region of the bucket', give: 'give the region with --s3-region' },
  s3CaCertificate: {
    flag: '--s3-ca-cert',
    what: "the CA certificate of the object storage's server",
    give: "give the certificate of the server's CA with --s3-ca-cert",
  },
};
