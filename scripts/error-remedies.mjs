// What an operator does about each kind of failure, for docs/operator-guide.md. The domain (src/domain/errors.ts) says
// what the failure is; the program's message names the file or address, and the flag that helps.

/** @type {Readonly<Record<string, string>>} */
export const errorRemedies = {
  request_invalid: 'Correct what the message names; `jaco <command> --help` shows its form.',
  name_invalid: "Give the node's hostname: letters, digits, hyphens and dots.",
  address_invalid:
    "Write the node's own address into `cluster_addr` and `listen_addr` of jacod.yaml, or give it with `--advertise-addr` and `--grpc-addr`.",
  configuration_unreadable: 'Correct jacod.yaml, or say with flags what it would have said.',
  credentials_missing: 'Set `JACO_TOKEN`, and `JACO_CA_CERT` or `--ca-cert`; or run it on a node, over the socket.',
  token_unusable:
    'Correct what the message names: a regular file of mode 0600 or 0640, with nothing but the token in it.',
  ca_unreadable: 'Copy `node/ca.crt` from the data directory of a node, and name it with `--ca-cert`.',
  connection_failed: 'Is jacod running there (`systemctl status jaco`), and is the port open? Else try another node.',
  tls_untrusted: "Use the CA of this very cluster, and a name or address that is in the node's certificate.",
  deadline_exceeded: 'Try again; for a large state or a slow line give a longer `--timeout`.',
  stream_broken: "Try again; if it comes back, look at the daemon's log.",
  daemon_refused:
    "Act on the daemon's own code: `no_leader` and `raft_unavailable` pass or need the leader, a token that is invalid or revoked must be issued anew.",
  archive_unreadable: 'Correct the path, or the rights of the file.',
  archive_rejected:
    'The copy is damaged or cut short: fetch it again, compare its checksum with the original, or take the backup before it.',
  identity_missing: 'Name the age identity file with `--identity`.',
  identity_unusable: 'Find the identity that belongs to one of the recipients of the backup.',
  recipient_unusable: 'Correct the recipient; it begins with `age1`.',
  keyring_unusable:
    'Correct what the message names: an absolute path, a regular file, mode 0600, outside the data directory.',
  keyring_exists: 'Choose a path at which nothing is. Do not remove a keyring that has sealed something.',
  archive_exists: 'Choose a path at which nothing is.',
  keyring_mismatch:
    'Name the keyring that the cluster had when the backup was taken; `jaco inspect` tells the id of its key. Do not edit meta.json: the state is bound to its very bytes.',
  archive_too_large: 'If the size is what you expect, raise `--max-snapshot-size`; if not, do not trust the file.',
  schema_unsupported:
    "Name the cluster's keyring with `--key-file` where the message asks for it. Of any other schema: restore with the tools of the daemon that wrote it.",
  snapshot_rejected: 'Take the backup before it, and report this one: its bytes arrived whole.',
  version_incompatible: 'Install a daemon of the major version that the archive names.',
  store_missing: 'Name the data directory of a node, or the raft directory in it; is the disk mounted?',
  cluster_mismatch:
    'Name a backup of the cluster that you mean; `jaco list` and `jaco inspect` show of which cluster a backup is.',
  store_mismatch:
    'Seal a plain archive first with `jaco state reencrypt-backup`, or restore it with `--key-file` and `--allow-plain`. A sealed one needs a daemon from September 2026 or later. If the message takes the wrong daemon for yours, say which store it boots with `--sealed` or `--plain`.',
  raft_store_exists: 'Be sure that this is the host you mean; then move the old data directory away.',
  directory_foreign:
    'Name the data directory of the daemon. If it really is this one, give `--into-other-files`; move a `restore.txt` that is no marker away.',
  daemon_running: 'Stop it: `sudo systemctl stop jaco`.',
  daemon_unknown: 'Run it as root, on the host of the daemon. A socket that is left over can be removed.',
  space_insufficient:
    'Make room on the file system that the message names, or use a directory on a larger one: `--data-dir`, for a drill `--work-dir`.',
  in_progress: 'Wait for the other one, or write to another file.',
  permission_denied: 'Use sudo for a restore; for a backup be a member of the group jaco, or choose another directory.',
  storage_failed:
    'Look at the errno that the message names: a full disk (ENOSPC), a failing one (EIO). Then try again.',
  store_damaged: 'Restore into a fresh directory.',
  marker_mismatch: 'Restore into a fresh directory; files of two restores have been mixed.',
  rehearsal_failed: 'Do not rely on this archive: take a new backup, drill it, and report the failure.',
  restore_in_doubt:
    'Check the disk, then mount it anew or restart the host. If `raft/log.db` is there afterwards, start the daemon; if not, restore again.',
  interrupted: 'Run it again. Remove what it names as left behind.',
};
