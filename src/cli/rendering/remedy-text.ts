import type { Encoding, Remedy, User } from '../../domain/remedy.js';
import { parameterWords } from './parameter-words.js';

/**
 * The ways out of a failure as the end of its sentence: "Stop it first, or choose another path with --socket."
 * Undefined if there are no remedies.
 */
export function remedyText(remedies: readonly Remedy[]): string | undefined {
  if (remedies.length === 0) return undefined;
  const clause = remedyClause(remedies);
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

/** The same as a clause inside a sentence; there must be at least one. */
export function remedyClause(remedies: readonly Remedy[]): string {
  const clauses = remedies.map(clauseOf);
  const last = clauses.pop() as string;
  return clauses.length === 0 ? last : `${clauses.join(', ')}, or ${last}`;
}

/** One way out as a clause that begins with what to do, without its full stop. */
function clauseOf(remedy: Remedy): string {
  switch (remedy.kind) {
    case 'advice':
      return asClause(remedy.sentence);
    case 'give-parameter': {
      const { give } = parameterWords[remedy.parameter];
      return remedy.example === undefined ? give : `${give}, for example ${remedy.example}`;
    }
    case 'give-instead':
      return `give ${listed(remedy.parameters.map((parameter) => parameterWords[parameter].flag))}`;
    case 'choose-another': {
      const { another, flag } = parameterWords[remedy.parameter];
      return another ?? `choose another ${flag}`;
    }
    case 'omit-parameter':
      return `leave ${parameterWords[remedy.parameter].flag} out`;
    case 'check-parameters': {
      const named = remedy.parameters.map((parameter) => parameterWords[parameter]);
      return `check ${listed(named.map(({ flag, what }) => `${flag} (${what})`))}`;
    }
    case 'raise-limit':
      return limits[remedy.parameter];
    case 'run-as':
      return `run it ${remedy.users.map((user) => users[user]).join(', or ')}`;
    case 'start-daemon':
      return 'start the daemon (sudo systemctl start jaco)';
    case 'start-as':
      return `start it with --name ${remedy.name}`;
    case 'stop-daemon':
      return 'stop it first (sudo systemctl stop jaco)';
    case 'stop-socket':
      return 'stop the socket: sudo systemctl stop jaco.socket';
    case 'name-socket-of-directory':
      return "name the socket of this directory's daemon with --socket";
    case 'remove-nodes':
      return 'use --remove-node or --remove-other-nodes, or later jaco node remove --force';
    case 'use-fresh-data-directory':
      return 'point JACO_DATA_DIR at a fresh directory';
    case 'give-directory-to-daemon':
      return "give it to the daemon's user afterwards: chown -R jaco:jaco";
    case 'restore-again':
      return 'run jaco restore again';
    case 'ask-leader':
      return remedy.address === undefined
        ? 'ask it with --server, at its gRPC address'
        : `ask it with --server ${remedy.address}`;
    case 'find-leader':
      return 'ask the leader with --server (jaco cluster status names it)';
    case 'recover-cluster':
      return 'build the cluster from what the disk of one node has left (jaco recover) or from a backup (jaco restore), if most nodes are gone for good';
    case 'reach-leader':
      return 'give the leader with --server, at an address of it that can be reached from here';
    case 'initialise-cluster':
      return 'initialise this one with jaco cluster init';
    case 'change-cluster':
      return 'change anything in the cluster, for example with jaco node issue-join-token';
    case 'decode-archive':
      return decodings[remedy.encoding];
    case 'decrypt-archive':
      return `decrypt it with age --decrypt${remedy.by === 'passphrase' ? '' : ' --identity <file>'}, and read what comes from standard input (-)`;
    case 'decrypt-identity-file':
      return 'decrypt it on the way: --identity <(age --decrypt <file>)';
    case 'seal-archive':
      return 'seal it first with jaco state reencrypt-backup --allow-legacy-plaintext, and restore what that writes';
    case 'encrypt-outside':
      return 'pipe the backup through that: jaco backup --output - | age --recipient <recipient> --output <file>';
  }
}

const limits = {
  maxSnapshotSize: 'if it is a real backup, raise the limit with --max-snapshot-size',
  timeout: 'allow more with --timeout',
} as const;

const users: Readonly<Record<User, string>> = {
  root: 'with sudo',
  'member-of-daemon-group': 'as a member of the group jaco',
  'owner-of-directory': 'as the user that owns the directory',
  'reader-of-file': 'as a user who may read the file',
};

const decodings: Readonly<Record<Encoding, string>> = {
  base64: 'decode it first: base64 -d',
  openpgp: 'decrypt it first: gpg --decrypt',
  openssl: 'decrypt it first: openssl enc -d',
  zstd: 'undo that first: zstd -d',
  xz: 'undo that first: xz -d',
  bzip2: 'undo that first: bzip2 -d',
  lz4: 'undo that first: lz4 -d',
  zip: 'undo that first: unzip',
};

/** A sentence as a clause of another one: names in capitals stay as they are. */
function asClause(sentence: string): string {
  const words = sentence.replace(/\.$/, '');
  return /^[A-Z][a-z' ]/.test(words) ? `${words.charAt(0).toLowerCase()}${words.slice(1)}` : words;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
