import { advance, cursorAt, isMessage } from './message-cursor.js';
import { wireType } from './protobuf-reader.js';

/** The numbers of the commands that this program looks into (jaco.v1.Command, the oneof `payload`). */
export const commandFields = {
  clusterInit: 10,
  nodeJoin: 11,
  nodeRemove: 12,
  nodeStatusUpdate: 13,
  nodeUpdateSelf: 14,
  batch: 90,
} as const;

/** Lower numbers are the fields that every command has: its cluster, index, time and identity. */
const firstPayload = 10;
/** Batch.children. */
const childField = 1;
/** Batches may hold batches; the daemon's own never do. */
const deepestBatch = 8;

/** What each command does, in plain words, by the number of its field (jacod v0.3.9). */
const kinds: ReadonlyMap<number, string> = new Map([
  [10, 'cluster initialised'],
  [11, 'node joins'],
  [12, 'node removed'],
  [13, 'node status'],
  [14, "node's own addresses"],
  [20, 'deployment applied'],
  [21, 'deployment rolled back'],
  [22, 'deployment deleted'],
  [23, 'deployment status'],
  [30, 'replica wanted'],
  [31, 'replica no longer wanted'],
  [32, 'replica observed'],
  [33, 'replica commanded'],
  [34, 'rollout plan'],
  [35, 'replica counter'],
  [36, 'restart counter'],
  [40, 'route set'],
  [41, 'route removed'],
  [50, 'certificate stored'],
  [51, 'certificate locked'],
  [52, 'certificate unlocked'],
  [53, 'challenge token'],
  [54, 'certificate blob set'],
  [55, 'certificate blob removed'],
  [60, 'subnet allocated'],
  [61, 'subnet freed'],
  [70, 'token issued'],
  [71, 'token revoked'],
  [72, 'join token issued'],
  [73, 'join token used'],
  [80, 'audit event'],
  [100, 'registry credential set'],
  [101, 'registry credential removed'],
]);

/** What a command does, in plain words; an unknown command is named by its number. */
export function commandKind(field: number): string {
  return kinds.get(field) ?? `command ${field}`;
}

/**
 * Visits each command of a log entry, which is `data` from `start` to `end`: the entry itself, or those in its batch, in
 * the order in which the daemon applies them. `visit` gets the number of the command's field, and where its content begins
 * and ends in `data`. Returns false if the entry is not a command: then the caller must discard what it has seen.
 */
export function visitCommands(data: Uint8Array, start: number, end: number, visit: VisitCommand): boolean {
  return visitCommand(data, start, end, visit, 0);
}

type VisitCommand = (field: number, start: number, end: number) => void;

function visitCommand(data: Uint8Array, start: number, end: number, visit: VisitCommand, depth: number): boolean {
  if (depth > deepestBatch || !isMessage(data, start, end)) return false;
  const cursor = cursorAt(data, start, end);
  while (cursor.next < end && advance(cursor)) {
    const { number, type, value, next } = cursor;
    if (number < firstPayload || type !== wireType.lengthDelimited) continue;
    if (number !== commandFields.batch) visit(number, value, next);
    else if (!visitBatch(data, value, next, visit, depth)) return false;
  }
  return true;
}

function visitBatch(data: Uint8Array, start: number, end: number, visit: VisitCommand, depth: number): boolean {
  if (!isMessage(data, start, end)) return false;
  const cursor = cursorAt(data, start, end);
  while (cursor.next < end && advance(cursor)) {
    if (cursor.number !== childField) continue;
    if (!visitCommand(data, cursor.value, cursor.next, visit, depth + 1)) return false;
  }
  return true;
}
