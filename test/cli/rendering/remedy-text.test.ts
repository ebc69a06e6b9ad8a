import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { remedyText } from '../../../src/cli/rendering/remedy-text.js';
import { advice, checkParameters, giveParameter, type Remedy } from '../../../src/domain/remedy.js';

const test = suite('remedies in the words of the command line');

for (const [sentence, remedies] of [
  ['Use another archive.', [advice('Use another archive.')]],
  [
    'Give the version of the daemon on this host with --daemon-version, or take the backup again.',
    [giveParameter('daemonVersion'), advice('Take the backup again.')],
  ],
  [
    "Give the host:port of this node's gRPC server with --grpc-addr, for example 10.0.0.5:7000.",
    [giveParameter('grpcAddress', '10.0.0.5:7000')],
  ],
  ['Give the hostname under which the daemon will start, for example --name $(hostname).', [giveParameter('nodeName')]],
  ['Start it with --name node-1.', [{ kind: 'start-as', name: 'node-1' }]],
  [
    'Correct it, name another one with JACO_CONFIG, or give --data-dir, --socket and --grpc-addr.',
    [
      advice('Correct it.'),
      { kind: 'choose-another', parameter: 'daemonConfiguration' },
      { kind: 'give-instead', parameters: ['dataDirectory', 'socket', 'grpcAddress'] },
    ],
  ],
  [
    'Stop it first, or choose another --data-dir.',
    [advice('Stop it first.'), { kind: 'choose-another', parameter: 'dataDirectory' }],
  ],
  [
    'Seal it first with jaco state reencrypt-backup --allow-legacy-plaintext, and restore what that writes.',
    [{ kind: 'seal-archive' }],
  ],
  ['Leave --bare out.', [{ kind: 'omit-parameter', parameter: 'bare' }]],
  ['Check --ca-cert (the CA certificate of this cluster).', [checkParameters('caCertificate')]],
  [
    'If it is a real backup, raise the limit with --max-snapshot-size.',
    [{ kind: 'raise-limit', parameter: 'maxSnapshotSize' }],
  ],
  [
    'Run it with sudo, or as a member of the group jaco.',
    [{ kind: 'run-as', users: ['root', 'member-of-daemon-group'] }],
  ],
  [
    'Start the daemon (sudo systemctl start jaco), name its socket with --socket, or give --server.',
    [{ kind: 'start-daemon' }, giveParameter('socket'), { kind: 'give-instead', parameters: ['server'] }],
  ],
  ['Stop it first (sudo systemctl stop jaco).', [{ kind: 'stop-daemon' }]],
  [
    'Point JACO_DATA_DIR at a fresh directory, or move the old one away.',
    [{ kind: 'use-fresh-data-directory' }, advice('Move the old one away.')],
  ],
  ['Run jaco restore again.', [{ kind: 'restore-again' }]],
  ['Ask it with --server 10.0.0.2:7000.', [{ kind: 'ask-leader', address: '10.0.0.2:7000' }]],
  ['Ask it with --server, at its gRPC address.', [{ kind: 'ask-leader', address: undefined }]],
  [
    'Ask the leader with --server (jaco cluster status names it), or wait until one is elected.',
    [{ kind: 'find-leader' }, advice('Wait until one is elected.')],
  ],
  [
    'Wait until one is elected, or build the cluster from what the disk of one node has left (jaco recover) or from a backup (jaco restore), if most nodes are gone for good.',
    [advice('Wait until one is elected.'), { kind: 'recover-cluster' }],
  ],
  ['Give the leader with --server, at an address of it that can be reached from here.', [{ kind: 'reach-leader' }]],
  [
    'Ask a node that belongs to a cluster, or initialise this one with jaco cluster init.',
    [advice('Ask a node that belongs to a cluster.'), { kind: 'initialise-cluster' }],
  ],
  ['Change anything in the cluster, for example with jaco node issue-join-token.', [{ kind: 'change-cluster' }]],
  ['Decrypt it first: gpg --decrypt.', [{ kind: 'decode-archive', encoding: 'openpgp' }]],
  [
    'Decrypt it with age --decrypt, and read what comes from standard input (-).',
    [{ kind: 'decrypt-archive', by: 'passphrase' }],
  ],
  [
    'Decrypt it with age --decrypt --identity <file>, and read what comes from standard input (-).',
    [{ kind: 'decrypt-archive', by: 'identity-file' }],
  ],
  ['Decrypt it on the way: --identity <(age --decrypt <file>).', [{ kind: 'decrypt-identity-file' }]],
] satisfies readonly (readonly [string, readonly Remedy[]])[]) {
  test(`say: ${sentence}`, () => {
    assert.is(remedyText(remedies), sentence);
  });
}

test('are empty without remedies', () => {
  assert.is(remedyText([]), undefined);
});

test('keep a name that a sentence begins with as it is', () => {
  assert.is(remedyText([giveParameter('bare'), advice('SIGTERM ends it.')]), 'Give --bare, or SIGTERM ends it.');
});

test.run();
