import type { Command } from 'commander';

/** Adds the flags to a command. */
export function withRetention(command: Command, newest: string): Command {
  return command
    .option('--keep <n>', newest)
    .option('--keep-within <span>', 'keep those that are not older than this, for example 30d; any rule keeps')
    .option('--keep-daily <n>', 'keep the newest of each of the last n days (UTC) that have any')
    .option('--keep-weekly <n>', 'keep the newest of each of the last n weeks, from Monday, that have any')
    .option('--keep-monthly <n>', 'keep the newest of each of the last n months that have any');
}
