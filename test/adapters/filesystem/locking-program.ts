import { spawnSync } from 'node:child_process';

/**
 * A program that locks a file as bbolt does, says "locked" and waits; undefined if this machine has no such program.
 */
export function lockingProgram(path: string): readonly [string, readonly string[]] | undefined {
  const has = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
  if (has('flock')) return ['flock', [path, 'sh', '-c', 'echo locked; read line']];
  const source =
    'import fcntl,sys; f=open(sys.argv[1],"r+"); fcntl.flock(f,fcntl.LOCK_EX); print("locked",flush=True); sys.stdin.read()';
  return has('python3') ? ['python3', ['-c', source, path]] : undefined;
}
