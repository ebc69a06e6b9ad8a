import * as assert from 'uvu/assert';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { isJacoError } from '../../src/domain/errors.js';
import { type Call, failing } from './broken-file-systems.js';
import type { DiskImage } from './disk-image.js';
import { createHeldLocks, type HeldLocks } from './held-locks.js';
import { createSimulatedDisk, type SimulatedDisk } from './simulated-disk.js';

/** The errors with which a call fails, and the words for them in the operator's message. */
export const faults = {
  EIO: 'the device reported an input/output error',
  EACCES: 'permission denied',
  ENOSPC: 'no space left on the device',
} as const;

export type Errno = keyof typeof faults;

/** The result of one failing call. */
export interface FaultOutcome {
  readonly call: Call;
  readonly disk: SimulatedDisk;
  /** How many operations had reached the disk when the call failed. */
  readonly failedAfter: number;
  /** What the program threw; undefined if it still succeeded. */
  readonly error: unknown;
}

/**
 * Runs `work` on fresh disks, once for each of its file-system calls, which then fails, alone or with all that follow.
 * In every case no file may stay open and no lock held.
 */
export async function* eachFault(
  start: DiskImage,
  errno: Errno,
  work: (fileSystem: FileSystem, settings: { readonly locks: HeldLocks }) => Promise<unknown>,
  duration: 'once' | 'for good' = 'once',
): AsyncGenerator<FaultOutcome, void, undefined> {
  for (let position = 0; ; position += 1) {
    const disk = createSimulatedDisk(start);
    const locks = createHeldLocks();
    let first: { readonly call: Call; readonly failedAfter: number } | undefined;
    const fileSystem = failing(disk.fileSystem, { position, errno, duration }, (call) => {
      first ??= { call, failedAfter: disk.operations.length };
    });
    const error = await work(fileSystem, { locks }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (first === undefined) return;
    assert.is(disk.openFiles(), 0, `${nameOf(first.call)} leaves a file open`);
    assert.is(locks.held.size, 0, `${nameOf(first.call)} leaves a lock`);
    yield { ...first, disk, error };
  }
}

/**
 * The error must tell in one line what could not be done to which path (that of the call, or one of `paths`) and why,
 * and say what to do next.
 */
export function requireSentence(error: unknown, errno: Errno, call: Call, paths: readonly string[]): void {
  assert.ok(isJacoError(error), `${nameOf(call)} is told as ${error}`);
  assert.is(error.details['errno'], errno, nameOf(call));
  assert.ok(error.remedies.length > 0, nameOf(call));
  const told = `${nameOf(call)} is told as "${error.message}"`;
  assert.ok(error.message.startsWith('cannot ') && error.message.endsWith(`: ${faults[errno]}.`), told);
  assert.ok([call.path, ...paths].some((path) => error.message.includes(path)) && !error.message.includes('\n'), told);
}

/** A call as it is named in messages. */
export function nameOf({ method, path }: Call): string {
  return `${method} ${path}`;
}
