/**
 * An input that an operator can give to a use case, in the domain's words. Each frontend has its own name for it: a
 * flag, an environment variable, a form field.
 */
export type Parameter =
  /** The archive to read. */
  | 'archive'
  /** Where a backup is written. */
  | 'output'
  | 'metricsFile'
  /** The data directory, or raft directory, that a disk has left. */
  | 'survivingStore'
  /** That a recovery goes on without what damage has taken away. */
  | 'acceptedLoss'
  | 'dataDirectory'
  /** Permission to restore into a directory that holds files of something else. */
  | 'intoOtherFiles'
  /** The hostname under which the daemon starts. */
  | 'nodeName'
  /** host:port of the node's raft transport. */
  | 'advertiseAddress'
  /** host:port of the node's gRPC server. */
  | 'grpcAddress'
  | 'daemonVersion'
  /** The id of the cluster whose backup is meant. */
  | 'expectedCluster'
  /** Hostnames of nodes that will not come back. */
  | 'removedNodes'
  /** To leave the restored log empty. */
  | 'bare'
  /** The file with the age identities that open an encrypted archive. */
  | 'identityFile'
  /** The file with the keyring that seals the state of newer daemons. */
  | 'keyFile'
  /** Where a new keyring goes. */
  | 'newKeyFile'
  /** The id of the key in it that seals. */
  | 'keyId'
  /** The keyring that a backup is re-encrypted under. */
  | 'nextKeyFile'
  /** The keyring whose keys a new one keeps. */
  | 'retainedKeyFile'
  /** Where a re-encrypted backup goes. */
  | 'reencryptedArchive'
  /** Permission to seal a backup whose content nothing has authenticated. */
  | 'allowLegacyPlaintext'
  /** Permission to restore a plain backup into a sealed store. */
  | 'allowPlain'
  /** That the daemon boots a sealed store. */
  | 'sealedStore'
  /** That the daemon boots a plain store. */
  | 'plainStore'
  | 'maxSnapshotSize'
  /** The leader's gRPC address, for a call over TLS. */
  | 'server'
  /** The unix socket of a daemon. */
  | 'socket'
  /** The operator's bearer token. */
  | 'token'
  /** A file with it. */
  | 'tokenFile'
  | 'caCertificate'
  | 'timeout'
  /** Where the sandbox listens for TLS. */
  | 'listenAddress'
  /** Where jacod.yaml lies. */
  | 'daemonConfiguration'
  /** URL of the object storage. */
  | 's3Endpoint'
  /** The region of a bucket. */
  | 's3Region'
  /** The certificates of the authorities that vouch for the object storage. */
  | 's3CaCertificate';

/** A user who may do what this process may not. */
export type User = 'root' | 'member-of-daemon-group' | 'owner-of-directory' | 'reader-of-file';

/** How a program encoded an archive; the same program can decode it. */
export type Encoding = 'base64' | 'openpgp' | 'openssl' | 'zstd' | 'xz' | 'bzip2' | 'lz4' | 'zip';

/**
 * One way out of a failure, as data: a frontend puts it into its own words. The set is closed, so a frontend can handle
 * every kind.
 */
export type Remedy =
  /** A sentence without the vocabulary of any frontend, which all frontends may show as it is. */
  | { readonly kind: 'advice'; readonly sentence: string }
  | { readonly kind: 'give-parameter'; readonly parameter: Parameter; readonly example?: string }
  /** All of these, in place of a value that could not be read. */
  | { readonly kind: 'give-instead'; readonly parameters: readonly Parameter[] }
  | { readonly kind: 'choose-another'; readonly parameter: Parameter }
  | { readonly kind: 'omit-parameter'; readonly parameter: Parameter }
  | { readonly kind: 'check-parameters'; readonly parameters: readonly Parameter[] }
  | { readonly kind: 'raise-limit'; readonly parameter: 'maxSnapshotSize' | 'timeout' }
  /** As any one of them. */
  | { readonly kind: 'run-as'; readonly users: readonly User[] }
  | { readonly kind: 'start-daemon' }
  /** The node, under the name that its store has. */
  | { readonly kind: 'start-as'; readonly name: string }
  | { readonly kind: 'stop-daemon' }
  /** The socket on which systemd listens for the daemon. */
  | { readonly kind: 'stop-socket' }
  /** That of the daemon that serves this data directory. */
  | { readonly kind: 'name-socket-of-directory' }
  /** Nodes that will not come back, with the restore or once the cluster runs. */
  | { readonly kind: 'remove-nodes' }
  | { readonly kind: 'use-fresh-data-directory' }
  /** A directory that was created for another user, once the restore is done. */
  | { readonly kind: 'give-directory-to-daemon' }
  | { readonly kind: 'restore-again' }
  /** The leader that the message names; `address` is its gRPC address, undefined if unknown. */
  | { readonly kind: 'ask-leader'; readonly address: string | undefined }
  /** The leader, which the status of the cluster names. */
  | { readonly kind: 'find-leader' }
  /** From what the disk of one node has left, where a majority of the nodes is gone for good. */
  | { readonly kind: 'recover-cluster' }
  /** The leader, at an address other than the one that it advertises. */
  | { readonly kind: 'reach-leader' }
  | { readonly kind: 'initialise-cluster' }
  /** Any small change of the cluster's state. */
  | { readonly kind: 'change-cluster' }
  | { readonly kind: 'decode-archive'; readonly encoding: Encoding }
  /** With the age program, which asks for the passphrase or can use identities that this program cannot use. */
  | { readonly kind: 'decrypt-archive'; readonly by: 'passphrase' | 'identity-file' }
  | { readonly kind: 'decrypt-identity-file' }
  /** A plain archive, under the keyring of the cluster, and to use what comes of that. */
  | { readonly kind: 'seal-archive' }
  /** With the age program, which knows kinds of recipients that this program does not. */
  | { readonly kind: 'encrypt-outside' };

/** Plain advice: a whole sentence with its full stop. */
export function advice(sentence: string): Remedy {
  return { kind: 'advice', sentence };
}

/** Asks the operator to give what is missing, or to correct it. */
export function giveParameter(parameter: Parameter, example?: string): Remedy {
  return { kind: 'give-parameter', parameter, ...(example === undefined ? {} : { example }) };
}

/** Asks the operator to check what was given. */
export function checkParameters(...parameters: readonly Parameter[]): Remedy {
  return { kind: 'check-parameters', parameters };
}
