/** Ends this process by a signal's default action, so that its parent sees the signal instead of an exit code. */
export function endBySignal(signal: NodeJS.Signals): never {
  // libuv restores a signal's default action when the last listener is removed, even for one that Node ignores, such as
  // SIGPIPE.
  if (signal !== 'SIGKILL' && signal !== 'SIGSTOP') process.on(signal, () => undefined).removeAllListeners(signal);
  process.kill(process.pid, signal);
  // A signal that a process sends to itself arrives before kill returns, unless it is blocked.
  process.exit(128 + process.getBuiltinModule('node:os').constants.signals[signal]);
}
