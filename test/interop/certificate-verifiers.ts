import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { Engine } from './engine.js';
import { projectRoot } from './engine-program.js';

/** A verifier's objection to the identity in each of the directories, in order; empty if it has none. */
export type Complaints = readonly string[];

/** Directories, each with ca.crt, node-1.crt and node-1.key. */
type Ask = (engine: Engine, directories: readonly string[]) => Promise<Complaints> | Complaints;

/** An implementation of X.509 and TLS that is not ours. */
export interface CertificateVerifier {
  readonly name: string;
  /** Why it cannot be asked on this machine; undefined where it can. */
  readonly absence: () => string | undefined;
  readonly ask: Ask;
  /** Whether it compares a certificate's authority key identifier with the CA's own. Go does not. */
  readonly comparesKeyIdentifiers: boolean;
}

const verifiersDirectory = join(projectRoot, 'test/interop/verifiers');
const patienceMs = 60_000;

/** Those whom clusters meet. Each makes real handshakes, in which both sides are verified; openssl verifies twice. */
export const certificateVerifiers: readonly CertificateVerifier[] = [
  { name: 'Go', absence: () => undefined, ask: askGo, comparesKeyIdentifiers: false },
  { name: 'Node', absence: () => undefined, ask: askNode, comparesKeyIdentifiers: true },
  { name: 'openssl', absence: () => missing('openssl', ['version']), ask: askOpenssl, comparesKeyIdentifiers: true },
  {
    name: 'Python',
    absence: pythonAbsence,
    ask: (_, directories) => askPython(directories),
    comparesKeyIdentifiers: true,
  },
  { name: 'Java', absence: javaAbsence, ask: (_, directories) => askJava(directories), comparesKeyIdentifiers: true },
];

/** Also what RFC 5280 requires of every certificate, for example key identifiers. */
export function askStrictPython(directories: readonly string[]): Complaints {
  return askPython(directories, '--strict');
}

/** Each identity as a server's and a client's in the raft transport of newer daemons. */
function askGo(engine: Engine, directories: readonly string[]): Complaints {
  const parties = directories.map((directory) => ({ directory, name: 'node-1' }));
  const meetings = parties.map((party) => ({ server: party, client: party, expected: 'node-1' }));
  return shakeHands(engine, meetings).map(({ server, client }) => client || server);
}

/** A node of the raft transport: where its identity lies, and its name. */
export interface RaftParty {
  readonly directory: string;
  readonly name: string;
}

/** Handshakes of newer daemons' raft transport, in which the client expects the server to be `expected`. */
export function shakeHands(
  engine: Engine,
  meetings: readonly { readonly server: RaftParty; readonly client: RaftParty; readonly expected: string }[],
): readonly { readonly server: string; readonly client: string }[] {
  return JSON.parse(engine.tool(['shake-hands'], JSON.stringify(meetings)));
}

async function askNode(_: Engine, directories: readonly string[]): Promise<Complaints> {
  const complaints: string[] = [];
  for (const directory of directories) complaints.push(await handshakeOfNode(directory));
  return complaints;
}

async function handshakeOfNode(directory: string): Promise<string> {
  const read = (name: string) => readFileSync(join(directory, name));
  const identity = { ca: read('ca.crt'), cert: read('node-1.crt'), key: read('node-1.key') };
  const server = createServer({ ...identity, requestCert: true, rejectUnauthorized: true }, (socket) =>
    socket.end('1'),
  );
  const refused = once(server, 'tlsClientError').then(([error]) => String((error as Error).message));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client: TLSSocket = connect({ ...identity, host: '127.0.0.1', port, servername: 'node-1' });
  try {
    const answered = once(client, 'data').then(
      () => '',
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
    return await Promise.race([answered, refused]);
  } finally {
    client.destroy();
    server.close();
  }
}

function askOpenssl(_: Engine, directories: readonly string[]): Complaints {
  return directories.map((directory) => {
    const verdicts = ['sslserver', 'sslclient'].map((purpose) => {
      const names = ['-verify_hostname', 'node-1', '-purpose', purpose];
      return run('openssl', ['verify', ...names, '-CAfile', join(directory, 'ca.crt'), join(directory, 'node-1.crt')]);
    });
    return verdicts.find(({ status }) => status !== 0)?.stderr ?? '';
  });
}

/** Why Python cannot be asked; undefined where it can. */
export function pythonAbsence(): string | undefined {
  return missing('python3', ['-c', 'import ssl; assert ssl.HAS_TLSv1_3']);
}

function askPython(directories: readonly string[], ...flags: readonly string[]): Complaints {
  const script = join(verifiersDirectory, 'handshakes.py');
  const { stdout } = succeed('python3', [script, ...flags, ...directories]);
  const complaints = JSON.parse(stdout) as Record<string, string>;
  return directories.map((directory) => complaints[directory] ?? 'it did not say');
}

function javaAbsence(): string | undefined {
  // Running a source file takes the compiler, and Ed25519 in TLS Java 16.
  return missing('java', ['-XX:TieredStopAtLevel=1', '--list-modules'], /^jdk\.compiler@(1[6-9]|[2-9]\d)/m);
}

function askJava(directories: readonly string[]): Complaints {
  const flags = ['-XX:TieredStopAtLevel=1', '-Xshare:auto'];
  const { stdout } = succeed('java', [...flags, join(verifiersDirectory, 'Handshakes.java'), ...directories]);
  return stdout.split('\n').slice(0, -1);
}

function missing(command: string, parameters: readonly string[], says = /(?:)/): string | undefined {
  const { status, stdout, stderr } = run(command, parameters);
  if (status === 0 && says.test(stdout)) return undefined;
  return `${command} is not installed, or not able to: ${stderr.trim().split('\n')[0]}`;
}

function run(command: string, parameters: readonly string[]) {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, { encoding: 'utf8', timeout: patienceMs });
  return { status, stdout: stdout ?? '', stderr: error === undefined ? stderr : error.message };
}

function succeed(command: string, parameters: readonly string[]) {
  const result = run(command, parameters);
  if (result.status !== 0) throw new Error(`${command} ended with ${result.status}: ${result.stderr}`);
  return result;
}
