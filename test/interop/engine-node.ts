import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  type Load,
  type NodeStats,
  parseReply,
  type SnapshotEntry,
  type StateDump,
  type Write,
} from './engine-replies.js';

/** How a node is started; the node chooses what is omitted. */
export interface NodeOptions {
  /** raft local id and hostname. */
  readonly id: string;
  readonly dataDirectory: string;
  readonly raftAddress?: string;
  readonly grpcAddress?: string;
  readonly socket?: string;
  /** Further flags of `peer run`, without their dashes. */
  readonly flags?: Readonly<Record<string, string | number | boolean>>;
}

/** How a node's process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How long one request may take before the test gives up. */
const requestPatienceMs = 60_000;

/** How much of the engine's log goes into an error: its panic, and what led to it. */
const logTailCharacters = 6_000;

/** A running node of a real raft cluster, driven over its standard input and output. */
export class EngineNode {
  /** The options with the addresses that the node really has, so that it can be started again as the same member. */
  readonly options: NodeOptions & { readonly raftAddress: string; readonly grpcAddress: string };
  /** Resolves when the process is gone, however it went. */
  readonly ended: Promise<Ending>;
  private readonly connection: Connection;

  private constructor(connection: Connection, options: EngineNode['options']) {
    this.connection = connection;
    this.options = options;
    this.ended = connection.ended;
  }

  /** Starts the program and waits until the node is ready; fails with the end of its log when it does not come up. */
  static async start(program: string, parameters: readonly string[], options: NodeOptions): Promise<EngineNode> {
    const connection = new Connection(program, parameters, `${options.dataDirectory}.log`);
    const ready = (await connection.ready) as { raftAddress: string; grpcAddress: string };
    return new EngineNode(connection, { ...options, ...ready });
  }

  get id(): string {
    return this.options.id;
  }

  /** Commits `count` writes named `<prefix>-<from>`, `<prefix>-<from + 1>`, … and returns their indexes. */
  async write(prefix: string, count: number, options: { from?: number; sizeBytes?: number } = {}): Promise<Write[]> {
    const parameters = { prefix, count, from: options.from ?? 0, sizeBytes: options.sizeBytes ?? 0 };
    return (await this.connection.ask('write', parameters)) as Write[];
  }

  /** Lets several writers write without pause until {@link stopLoad}. */
  async startLoad(prefix: string, writers: number, sizeBytes: number): Promise<void> {
    await this.connection.ask('load-start', { prefix, writers, sizeBytes });
  }

  async stopLoad(): Promise<Load> {
    return (await this.connection.ask('load-stop')) as Load;
  }

  /** Waits until everything committed so far is applied on this leader. */
  async barrier(): Promise<void> {
    await this.connection.ask('barrier');
  }

  async snapshot(): Promise<SnapshotEntry> {
    return (await this.connection.ask('snapshot')) as SnapshotEntry;
  }

  /** Makes another node a member; asked of the leader. */
  async add(other: EngineNode, suffrage: 'voter' | 'nonvoter' = 'voter'): Promise<void> {
    await this.connection.ask('add-server', { ...memberOf(other), nonvoter: suffrage === 'nonvoter' });
  }

  /** Hands the leadership to another voter; asked of the leader. */
  async transferTo(other: EngineNode): Promise<void> {
    await this.connection.ask('transfer', memberOf(other));
  }

  async dump(): Promise<StateDump> {
    return (await this.connection.ask('dump')) as StateDump;
  }

  /** SHA-256 of the state in the one canonical encoding: equal states have it in common, however they came to be. */
  async canonicalDigest(): Promise<string> {
    return (await this.connection.ask('canonical')) as string;
  }

  async stats(): Promise<NodeStats> {
    return (await this.connection.ask('stats')) as NodeStats;
  }

  /** Ends the node in order. */
  async stop(): Promise<void> {
    await this.connection.ask('shutdown');
    const { code, signal } = await this.ended;
    if (code !== 0) throw new Error(`${this.id} stopped with ${code ?? signal}:\n${this.connection.logTail()}`);
  }

  /** Ends the node's process as a power cut would. */
  async kill(): Promise<void> {
    this.connection.kill();
    await this.ended;
  }

  /** The end of what the engine logged. */
  logTail(): string {
    return this.connection.logTail();
  }
}

function memberOf(node: EngineNode) {
  return { id: node.id, address: node.options.raftAddress, grpcAddress: node.options.grpcAddress };
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Requests and replies of one process, one JSON object a line. Number 0 is the wait for readiness. */
class Connection {
  readonly ended: Promise<Ending>;
  readonly ready: Promise<unknown>;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting = new Map<number, Waiting>();
  /** The end of what the engine logged; the file may not have all of it yet when the process is already gone. */
  private log = '';
  private nextNumber = 1;

  constructor(program: string, parameters: readonly string[], logPath: string) {
    this.child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stderr.pipe(createWriteStream(logPath, { flags: 'a' }));
    this.child.stderr.on('data', (text: Buffer) => {
      this.log = (this.log + text.toString()).slice(-logTailCharacters);
    });
    this.child.stdin.on('error', () => {});
    this.ready = this.await(0, 'ready');
    createInterface({ input: this.child.stdout }).on('line', (line) => this.receive(line));
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        for (const { reject } of this.waiting.values()) {
          reject(new Error(`the node ended with ${code ?? signal}:\n${this.logTail()}`));
        }
        resolve({ code, signal });
      });
    });
  }

  ask(operation: string, parameters: unknown = {}): Promise<unknown> {
    const number = this.nextNumber++;
    const answer = this.await(number, operation);
    this.child.stdin.write(`${JSON.stringify({ number, operation, parameters })}\n`);
    return answer;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  logTail(): string {
    return this.log;
  }

  private await(number: number, operation: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(number);
        reject(new Error(`no answer to "${operation}" within ${requestPatienceMs} ms:\n${this.logTail()}`));
      }, requestPatienceMs);
      const settled = (): void => {
        clearTimeout(timer);
        this.waiting.delete(number);
      };
      this.waiting.set(number, {
        resolve: (value) => {
          settled();
          resolve(value);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
    });
  }

  private receive(line: string): void {
    const reply = parseReply(line);
    const waiting = this.waiting.get(reply.number ?? 0);
    if (reply.error !== undefined) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.result);
  }
}
