import { messages } from '../../../src/adapters/contract/contract.js';
import type { AuditEventMessage, AuditQueryRequest } from '../../../src/adapters/contract/messages.js';
import { acquireExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { type BootedSandbox, type BootMachine, bootSandbox } from '../../../src/adapters/sandbox/boot.js';
import type { SandboxDaemon } from '../../../src/adapters/sandbox/sandbox-daemon.js';
import { stateFields, walkSnapshot } from '../../../src/domain/state/snapshot-content.js';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.js';

/** The real file system and locks, and a clock that stands still. */
export interface SandboxMachine extends BootMachine {
  readonly clock: ManualClock;
}

export function sandboxMachine(): SandboxMachine {
  return {
    fileSystem: createNodeFileSystem(),
    acquireLock: acquireExclusiveLock,
    clock: createManualClock(),
    hostname: 'this-host',
  };
}

/** Boots a directory, lets `work` use the daemon, and lets go of it. */
export async function withBooted<Result>(
  dataDirectory: string,
  work: (booted: BootedSandbox) => Promise<Result> | Result,
  machine: BootMachine = sandboxMachine(),
  name?: string,
): Promise<Result> {
  const booted = await bootSandbox({ dataDirectory, name }, machine);
  try {
    return await work(booted);
  } finally {
    await booted.release();
  }
}

/** A query for the whole audit log. */
export const everything: AuditQueryRequest = { since: null, until: null, types: [], follow: false };

/** The events that match, as they are now. */
export async function eventsOf(
  daemon: SandboxDaemon,
  query: Partial<AuditQueryRequest> = {},
): Promise<AuditEventMessage[]> {
  const events: AuditEventMessage[] = [];
  const signal = new AbortController().signal;
  for await (const event of daemon.audit({ ...everything, ...query }, signal)) events.push(event);
  return events;
}

/** The hostnames of the node records in a state, in their order, repetitions included. */
export async function nodeRecordsIn(state: AsyncIterable<Uint8Array>): Promise<string[]> {
  const hostnames: string[] = [];
  const walk = walkSnapshot({
    wants: (field) => field === stateFields.nodes,
    visit(field, _encodedBytes, content) {
      if (field === stateFields.nodes && content !== undefined) hostnames.push(messages.node.decode(content).hostname);
    },
  });
  for await (const bytes of state) walk.feed(bytes);
  return hostnames;
}
