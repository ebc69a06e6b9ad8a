import * as assert from 'uvu/assert';
import { type Circumstances, type JacoEnd, runJaco, startJaco } from '../cli/jaco-process.js';

/** One run of the program, and how it must end. */
export interface SilentRun {
  readonly name: string;
  readonly words: readonly string[];
  readonly ends: 'well' | 'badly' | 'interrupted';
  readonly circumstances?: Circumstances;
  /** If stdout is the archive itself, only the other output counts. */
  readonly archiveOnStdout?: boolean;
  /** Prepares everything before each run. */
  readonly prepare?: () => void;
}

/** Counts what was run and seen. */
export interface Silence {
  runs: number;
  characters: number;
}

/**
 * Runs it as it is, and again with JACO_DEBUG=1, and throws when any of `secrets` stands in what it prints: as it is,
 * in base64 or in hexadecimal.
 */
export async function requireSilence(run: SilentRun, secrets: readonly string[], silence: Silence): Promise<void> {
  const forms = secrets.flatMap((secret) => {
    const bytes = Buffer.from(secret);
    // Without its last characters, which depend on what follows.
    return [secret, bytes.toString('base64').slice(0, -4), bytes.toString('hex')];
  });
  for (const debug of [{}, { JACO_DEBUG: '1' }]) {
    run.prepare?.();
    const end = await endOf(run, debug);
    const told = `${run.name}: ended with ${end.code}: ${end.stderr}`;
    assert.is(end.code, { well: 0, badly: 1, interrupted: 143 }[run.ends], told);
    const printed = run.archiveOnStdout === true ? end.stderr : end.stdout + end.stderr;
    for (const form of forms) assert.not.ok(printed.includes(form), `${run.name} prints ${form}`);
    silence.runs += 1;
    silence.characters += printed.length;
  }
}

async function endOf(
  { words, ends, circumstances = {} }: SilentRun,
  debug: Circumstances['environment'],
): Promise<JacoEnd> {
  const environment = { ...circumstances.environment, ...debug };
  if (ends !== 'interrupted') return runJaco(words, { ...circumstances, environment });
  const running = startJaco(words, { ...circumstances, environment });
  // Long after the program has begun: the call that it makes never ends.
  setTimeout(() => running.process.kill('SIGTERM'), 1500);
  return running.ended;
}
