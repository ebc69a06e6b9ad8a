import type { DataDirectoryInspection } from '../../ports/data-directory-inspector.js';
import type { NodeIdentityRequest, NodeIdentityWriter } from '../../ports/node-identity-writer.js';
import { isJacoError } from '../errors.js';
import { refuseUnlessSafe } from './restore-plan.js';

/** One thing that a real run asks for. */
export interface Precondition {
  readonly sentence: string;
  readonly holds: boolean;
}

/** What a dry run tells of the data directory. */
export interface TargetPreview {
  readonly preconditions: readonly Precondition[];
  /** What a real run would say no with; undefined when nothing stands against it. */
  readonly obstacle: unknown;
}

/** What the data directory must be, and whether it is. */
export function targetPreconditions(target: DataDirectoryInspection, intoOtherFiles: boolean): readonly Precondition[] {
  return [
    { sentence: `${target.path} is a directory, or can be made one`, holds: target.kind !== 'not-a-directory' },
    { sentence: `${target.path} can be written`, holds: target.writable },
    { sentence: 'no daemon is running', holds: isSurelyIdle(target) },
    {
      sentence: `${target.path} holds nothing but what a daemon keeps`,
      holds: (target.foreignEntry === undefined || intoOtherFiles) && !target.foreignMarker,
    },
    { sentence: 'there is no raft store yet', holds: target.existingRaftStore === undefined },
  ];
}

/** What a real run would say no with. */
export function obstacleIn(target: DataDirectoryInspection, intoOtherFiles: boolean): unknown {
  try {
    refuseUnlessSafe(target, intoOtherFiles);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** What cannot be looked at is told: a dry run may be made by somebody with fewer rights than the real one. */
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
