import type { DataDirectoryInspection } from '../../ports/data-directory-inspector.js';
import type { NodeIdentityRequest, NodeIdentityWriter } from '../../ports/node-identity-writer.js';
import { isJacoError } from '../errors.js';
import { formatByteSize } from '../values/byte-size.js';
import { type Room, refuseWithoutRoom } from './free-room.js';
import { refuseUnlessSafe } from './restore-plan.js';
import type { Undertaking } from './undertaking.js';

/** One requirement of a real run. */
export interface Precondition {
  readonly sentence: string;
  readonly holds: boolean;
}

/** What a dry run reports about the data directory. */
export interface TargetPreview {
  readonly preconditions: readonly Precondition[];
  /** The error with which a real run would refuse; undefined if it would not. */
  readonly obstacle: unknown;
}

/** The requirements for the data directory, and whether each holds. */
export function targetPreconditions(
  target: DataDirectoryInspection,
  intoOtherFiles: boolean,
  room: Room,
): readonly Precondition[] {
  return [
    { sentence: `${target.path} is a directory, or can be made one`, holds: target.kind !== 'not-a-directory' },
    { sentence: `${target.path} can be written`, holds: target.writable },
    { sentence: 'no daemon is running', holds: isSurelyIdle(target) },
    {
      sentence: `${target.path} holds nothing but what a daemon keeps`,
      holds: (target.foreignEntry === undefined || intoOtherFiles) && !target.foreignMarker,
    },
    ...roomPreconditions(room),
    { sentence: 'there is no raft store yet', holds: target.existingRaftStore === undefined },
  ];
}

/** Empty if the file system does not tell. */
function roomPreconditions({ neededBytes, freeBytes }: Room): readonly Precondition[] {
  if (freeBytes === undefined) return [];
  const sentence = `there is room for ${formatByteSize(neededBytes)} (${formatByteSize(freeBytes)} are free)`;
  return [{ sentence, holds: freeBytes >= neededBytes }];
}

/** The error with which a real run would refuse. */
export function obstacleIn(
  target: DataDirectoryInspection,
  undertaking: Undertaking,
  intoOtherFiles: boolean,
  room: Room,
): unknown {
  try {
    refuseUnlessSafe(target, undertaking, intoOtherFiles);
    refuseWithoutRoom(target, room, undertaking);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Reports what cannot be read, instead of failing: a user with fewer rights may make the dry run. */
export async function previewIdentity(writer: NodeIdentityWriter, request: NodeIdentityRequest) {
  try {
    return await writer.preview(request);
  } catch (error) {
    if (!isJacoError(error)) throw error;
    return { files: [], warnings: [`what would be made of an identity cannot be told: ${error.message}`] };
  }
}

function isSurelyIdle({ daemon }: DataDirectoryInspection): boolean {
  return daemon.kind === 'none' || daemon.kind === 'awaited';
}
