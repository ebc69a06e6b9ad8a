import { crashStates, defaultStateLimit } from './crash-states.js';
import { type DiskImage, describeDisk } from './disk-image.js';
import type { Operation } from './simulated-disk.js';

/** The state of a disk: as before, as it should be after, or neither. */
export type Verdict = { readonly kind: 'before' | 'after' } | { readonly kind: 'bad'; readonly reason: string };

/** Says what a program finds on a disk after a crash, with everything that it does there next. */
export type Judge = (disk: DiskImage) => Promise<Verdict>;

/** The same judge, who looks at each disk only once: what is on a disk decides, not how it came there. */
export function remembering(judge: Judge): Judge {
  const verdicts = new Map<string, Promise<Verdict>>();
  return (image) => {
    const disk = describeDisk(image).join('\n');
    const verdict = verdicts.get(disk) ?? judge(image);
    verdicts.set(disk, verdict);
    return verdict;
  };
}

/** What a program did to a disk until it reported the result. */
export interface Recording {
  readonly start: DiskImage;
  readonly operations: readonly Operation[];
  readonly reported: 'success' | 'failure';
}

/** A state that must not be. */
export interface BadState {
  /** How many operations had been made. */
  readonly crashAfter: number;
  readonly lastOperation: string;
  readonly reason: string;
  readonly disk: readonly string[];
}

/** The counts of a check. */
export interface CrashReport {
  readonly crashPoints: number;
  /** Of them, those whose states were too many to make all. */
  readonly sampledPoints: number;
  readonly states: number;
  /** Disks that differ in something that a program can see; each was judged once. */
  readonly disks: number;
  /** Of the disks, those in the state before and in that after; a disk is one of them. */
  readonly before: number;
  readonly after: number;
  /** The first bad state; the check ends there. */
  readonly bad: BadState | undefined;
}

/** Which part of all crashes is checked. */
export interface CrashScope {
  /** The crash point after so many operations is the first. */
  readonly first?: number;
  /** How many states of one crash point are made at most (crash-states.ts). */
  readonly limit?: number;
}

/**
 * Crashes after each operation, the last one first: what a program has reported as done must be there in every state,
 * and at every other point each state must be that before or that after.
 */
export async function checkCrashes(
  recording: Recording,
  judge: Judge,
  { first = 0, limit = defaultStateLimit }: CrashScope = {},
): Promise<CrashReport> {
  const { start, operations, reported } = recording;
  const verdicts = new Map<string, Verdict>();
  let [states, sampledPoints] = [0, 0];
  let bad: BadState | undefined;
  for (let crashAfter = operations.length; crashAfter >= first && bad === undefined; crashAfter -= 1) {
    const { possible, images } = crashStates(start, operations.slice(0, crashAfter), limit);
    if (possible > limit) sampledPoints += 1;
    for (const image of images) {
      states += 1;
      const disk = describeDisk(image);
      const verdict = verdicts.get(disk.join('\n')) ?? (await judge(image));
      verdicts.set(disk.join('\n'), verdict);
      const reason = flawOf(verdict, reported === 'success' && crashAfter === operations.length);
      if (reason === undefined) continue;
      bad = { crashAfter, lastOperation: nameOf(operations[crashAfter - 1]), reason, disk };
      break;
    }
  }
  const count = (kind: Verdict['kind']) => [...verdicts.values()].filter((verdict) => verdict.kind === kind).length;
  return {
    crashPoints: operations.length - first + 1,
    sampledPoints,
    states,
    disks: verdicts.size,
    before: count('before'),
    after: count('after'),
    bad,
  };
}

/** The report as a line for the log of the tests. */
export function renderReport(name: string, report: CrashReport): string {
  const { crashPoints, sampledPoints, states, disks, before, after, bad } = report;
  const sampled = sampledPoints === 0 ? '' : ` (${sampledPoints} sampled)`;
  return `NOTE: crash check, ${name}: ${crashPoints} crash points${sampled}, ${states} states, ${disks} different disks: ${before} as before, ${after} as after, ${bad === undefined ? 0 : 1} bad`;
}

/** The syncs of a recording, in order. */
export function syncsOf({ operations }: Recording): readonly Operation[] {
  return operations.filter(({ kind }) => kind === 'sync' || kind === 'sync-directory');
}

/** An operation as a name that can be read, for example "sync /backups/a.tar.gz". */
export function nameOf(operation: Operation | undefined): string {
  if (operation === undefined) return 'nothing';
  const { kind, path } = operation;
  if (kind !== 'entries') return `${kind} ${path}`;
  if (operation.changes.length > 1) return `rename to ${path}`;
  return `${operation.made === undefined ? 'remove' : 'create'} ${path}`;
}

function flawOf(verdict: Verdict, done: boolean): string | undefined {
  if (verdict.kind === 'bad') return verdict.reason;
  return done && verdict.kind === 'before' ? 'success was reported, and a crash takes it back' : undefined;
}
