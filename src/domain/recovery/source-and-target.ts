import { JacoError } from '../errors.js';
import { giveParameter } from '../remedy.js';
import { dataDirectoryNames } from '../values/data-directory-layout.js';
import { printable } from '../values/printable-text.js';

/**
 * Refuses a target that is or is inside the surviving store: that one is only read, and perhaps all that is left.
 * @param from           as the operator named it
 * @param raftDirectory  what was found there, absolute
 * @param target         absolute
 * @throws request_invalid
 */
export function refuseTargetInSource(from: string, raftDirectory: string, target: string): void {
  const source = sourceOf(from, raftDirectory);
  const isDataDirectory = target === source && source !== raftDirectory;
  if (isDataDirectory || !`${target}/`.startsWith(`${source}/`)) return;
  throw new JacoError(
    'request_invalid',
    `cannot recover into ${printable(target, 4096)}: it is ${target === source ? 'the raft directory of the source' : `inside ${printable(source, 4096)}`}, which a recovery only reads.`,
    { remedies: [giveParameter('dataDirectory')], details: { path: target } },
  );
}

/** The data directory, if it is known to be one: a copied raft directory may stand beside anything. */
function sourceOf(from: string, raftDirectory: string): string {
  const ending = `/${dataDirectoryNames.raft}`;
  const last = from.replace(/\/+$/, '').replace(/^.*\//, '');
  const isDataDirectory = raftDirectory.endsWith(ending) && ![dataDirectoryNames.raft, '', '.', '..'].includes(last);
  return isDataDirectory ? raftDirectory.slice(0, -ending.length) : raftDirectory;
}
