import { spawnSync } from 'node:child_process';

/**
 * Makes a file or directory impossible to remove (it is in use), by mounting it over itself; programs that have it open
 * continue. Gives what undoes that; undefined where this user, or this machine, does not let us. It is undone at exit
 * at the latest.
 */
export function keepFromRemoval(path: string): (() => void) | undefined {
  if (spawnSync('mount', ['--bind', path, path]).status !== 0) return undefined;
  let kept = true;
  const release = () => {
    if (kept) spawnSync('umount', ['-l', path]);
    kept = false;
  };
  process.once('exit', release);
  return release;
}
