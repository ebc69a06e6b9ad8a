/** Ends this process by a signal's own action, so that whoever waits for it sees the signal and no exit code. */
export function endBySignal(signal: NodeJS.Signals): never {
  // libuv puts a signal's own action back when nobody listens any more: also of one that Node ignores, such as SIGPIPE.
  if (signal !== 'SIGKILL' && signal !== 'SIGSTOP') process.on(signal, () => undefined).removeAllListeners(signal);
  process.kill(process.pid, signal);
  // What a process gets from itself arrives before kill returns, but for signals that it blocks.
  process.exit(128 + process.getBuiltinModule('node:os').constants.signals[signal]);
}
