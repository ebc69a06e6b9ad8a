import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite, type Test } from 'uvu';
import { skipFile } from '../skipping.js';
import { EngineNode, type NodeOptions } from './engine-node.js';
import { findEngineProgram, protoDirectory } from './engine-program.js';
import { type ArchiveReading, parseEngineJson, type RaftDirectory } from './engine-replies.js';

/** How long {@link eventually} waits. */
const patienceMs = 30_000;

/** Flags for nodes with peers: on a busy machine a leader must not lose its office to a moment without the processor. */
export const calmElections = { 'election-timeout': '2s' } as const;

/**
 * A suite that needs the real engine. `define` adds the tests; each gets a directory of its own, and whatever it
 * started is killed when it ends. On a machine without Go the suite has no tests and says why, in the words of every
 * other one.
 */
export async function engineSuite(title: string, define: (test: Test, engine: Engine) => void): Promise<void> {
  const program = await findEngineProgram();
  if (program.kind === 'missing') {
    const complaint = `the interoperability tests against hashicorp/raft did not run: ${program.reason}`;
    skipFile(complaint);
    return;
  }
  const test = suite(title);
  const engine = new Engine(program.path);
  process.on('exit', () => engine.abandon());
  test.before.each(() => engine.open());
  test.after.each(() => engine.close());
  define(test, engine);
  test.run();
}

/** The engine's side of one test: its nodes, its tools and a directory for all that they write. */
export class Engine {
  private readonly program: string;
  private readonly running: { kill(): Promise<void> }[] = [];
  private root = '';

  constructor(program: string) {
    this.program = program;
  }

  open(): void {
    this.root = mkdtempSync(join(tmpdir(), 'jaco-interop-'));
  }

  async close(): Promise<void> {
    await Promise.all(this.running.splice(0).map((process) => process.kill()));
    this.abandon();
  }

  /** Has a process killed when the test ends, if it still runs then. */
  killAtEnd(process: { kill(): Promise<void> }): void {
    this.running.push(process);
  }

  /** Removes the directory, unless JACO_KEEP asks to keep it for a look at it. */
  abandon(): void {
    if (this.root !== '' && process.env['JACO_KEEP'] === undefined) rmSync(this.root, { recursive: true, force: true });
    this.root = '';
  }

  /** A path inside this test's directory. */
  path(...parts: readonly string[]): string {
    return join(this.root, ...parts);
  }

  /** An unused address on this machine. */
  freeAddress(): Promise<string> {
    return new Promise((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const bound = server.address();
        const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
        server.close(() => resolve(`127.0.0.1:${port}`));
      });
    });
  }

  /** Starts a node, by default with the data directory `<id>`. */
  async start(options: Omit<NodeOptions, 'dataDirectory'> & { readonly dataDirectory?: string }): Promise<EngineNode> {
    const dataDirectory = options.dataDirectory ?? this.path(options.id);
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    const flags: Record<string, string | number | boolean> = {
      'data-dir': dataDirectory,
      'proto-dir': protoDirectory,
      id: options.id,
      ...(options.raftAddress === undefined ? {} : { 'raft-addr': options.raftAddress }),
      ...(options.grpcAddress === undefined || options.grpcAddress === '' ? {} : { 'grpc-addr': options.grpcAddress }),
      ...(options.socket === undefined ? {} : { socket: options.socket }),
      ...options.flags,
    };
    const parameters = ['run', ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
    const node = await EngineNode.start(this.program, parameters, { ...options, dataDirectory });
    this.killAtEnd(node);
    return node;
  }

  /** Starts a node that has ended, as the same member on the same addresses. */
  startAgain(node: EngineNode, flags: NodeOptions['flags'] = {}): Promise<EngineNode> {
    return this.start({ ...node.options, flags: { ...node.options.flags, ...flags } });
  }

  /** A founded cluster of `size` voters, the first of which leads. `wishes` are flags of every node. */
  async startCluster(size: number, wishes: NodeOptions['flags'] = {}): Promise<[EngineNode, ...EngineNode[]]> {
    const flags = { ...(size > 1 ? calmElections : {}), ...wishes };
    const leader = await leading(
      await this.start({ id: 'node-1', socket: this.path('node-1.sock'), flags: { ...flags, bootstrap: true } }),
    );
    const cluster: [EngineNode, ...EngineNode[]] = [leader];
    for (let number = 2; number <= size; number++) {
      const node = await this.start({ id: `node-${number}`, socket: this.path(`node-${number}.sock`), flags });
      await leader.add(node);
      cluster.push(node);
    }
    return cluster;
  }

  /** A cluster CA and a node certificate for this machine, and an operator token, as flags of a founding node. */
  identity(name = 'identity'): Identity {
    const directory = this.path(name);
    mkdirSync(directory);
    this.tool(['make-identity', directory]);
    const file = (name: string): string => join(directory, name);
    return {
      caCertificate: file('ca.crt'),
      token: 'c0ffee'.repeat(11).slice(0, 64),
      flags: { cert: file('node.crt'), key: file('node.key'), 'ca-cert': file('ca.crt'), 'ca-key': file('ca.key') },
    };
  }

  /** What the engine's own stores read from `<data directory>/raft` or another raft directory, opened with the keyring if one is given. */
  describe(raftDirectory: string, keyFile?: string): RaftDirectory {
    return parseEngineJson(this.tool(['describe', ...keyFlags(keyFile), raftDirectory])) as RaftDirectory;
  }

  /** Fails, saying why, if a newer daemon would not boot from a data directory under that keyring. */
  checkSealed(dataDirectory: string, keyFile: string): void {
    this.tool(['check-sealed', ...keyFlags(keyFile), dataDirectory]);
  }

  /** What is in an archive, opened with the keyring if one is given; `snapshotFile` is where its state is to be left, if anywhere. */
  readArchive(
    path: string,
    { snapshotFile, keyFile }: { readonly snapshotFile?: string; readonly keyFile?: string } = {},
  ): ArchiveReading {
    const flags = [...(snapshotFile === undefined ? [] : ['--snapshot-out', snapshotFile]), ...keyFlags(keyFile)];
    return parseEngineJson(
      this.tool(['read-archive', '--proto-dir', protoDirectory, ...flags, path]),
    ) as ArchiveReading;
  }

  /** Runs one of the engine's tools and returns its output; its stderr becomes the error. */
  tool(parameters: readonly string[], input = ''): string {
    const result = spawnSync(this.program, parameters, { input, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
    if (result.status !== 0) throw new Error(result.stderr || String(result.error ?? result.signal));
    return result.stdout;
  }
}

function keyFlags(keyFile: string | undefined): readonly string[] {
  return keyFile === undefined ? [] : ['--key-file', keyFile];
}

/** What makes a cluster reachable over TLS. */
export interface Identity {
  readonly caCertificate: string;
  readonly token: string;
  /** Flags for every node; the one that founds the cluster also gets the token. */
  readonly flags: Readonly<Record<string, string>>;
}

/** Repeats `probe` until it returns something other than undefined or false. */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  for (const deadline = Date.now() + patienceMs; ; await sleep(25)) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${what}`);
  }
}

/** Waits until a node leads and has stopped its own writes, and returns it. */
export function leading(node: EngineNode): Promise<EngineNode> {
  return eventually(`${node.id} leads`, async () => {
    const { state, settled } = await node.stats();
    return state === 'Leader' && settled && node;
  });
}

/** Waits until a follower has applied everything that the leader's state holds. */
export async function caughtUp(follower: EngineNode, leader: EngineNode): Promise<void> {
  await eventually(`${follower.id} holds the state of ${leader.id}`, async () => {
    await leader.barrier();
    const wanted = await leader.dump();
    return (await follower.dump()).digest === wanted.digest;
  });
}
