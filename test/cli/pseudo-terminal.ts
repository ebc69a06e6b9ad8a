import { spawnSync } from 'node:child_process';
import { hostConfiguration, jacoProgram } from './jaco-process.js';

/** Whether programs can be run under a pseudo terminal here: by script(1) of util-linux. */
export const hasPseudoTerminals = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes(
  'util-linux',
);

/** How a run ended whose stdout and stderr were one terminal. */
export interface TerminalEnd {
  readonly code: number | null;
  /** Everything that was shown, with all sequences that steer the terminal. */
  readonly shown: string;
}

/** How large a terminal is, in the words of stty. */
const usualSize = 'cols 100 rows 24';

/** Runs the built `jaco` on a terminal, through `redirections` of the shell where some are given. */
export function runOnTerminal(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  redirections = '',
  size = usualSize,
): TerminalEnd {
  const command = [process.execPath, jacoProgram, ...parameters].map(quoted).join(' ');
  // Each of these would have a say in colours.
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...inherited } = process.env;
  const { status, stdout } = spawnSync(
    'script',
    ['--quiet', '--return', '--command', `stty ${size}; ${command} ${redirections}`, '/dev/null'],
    {
      encoding: 'utf8',
      env: { ...inherited, JACO_CONFIG: hostConfiguration, TERM: 'xterm', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    },
  );
  return { code: status, shown: stdout };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
