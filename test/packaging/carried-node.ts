import { type CarriedNode, carriedNode } from '../../scripts/carried-node.mjs';
import { skipCases } from '../skipping.js';
import { projectRoot } from './installed-package.js';

/** The Node that executables carry; undefined, after reporting the skip, if no registry has it. */
export async function carriedNodeFor(
  what: string,
  architecture: string = process.arch,
): Promise<CarriedNode | undefined> {
  if (process.platform !== 'linux') {
    skipCases(`${what}: the Node that it carries is for Linux`);
    return undefined;
  }
  try {
    return await carriedNode(projectRoot, architecture);
  } catch (error) {
    if (!(error as { unreachable?: boolean }).unreachable) throw error;
    skipCases(`${what}: no registry of npm can be reached, from which comes the Node that it carries`);
    return undefined;
  }
}
