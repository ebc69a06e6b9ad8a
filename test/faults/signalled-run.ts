import { existsSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { type JacoEnd, type RunningJaco, startJaco } from '../cli/jaco-process.js';

/** When a run gets its signal. */
export type Moment =
  /** After this part of the time that an undisturbed run takes. */
  | { readonly part: number }
  /** So many milliseconds after something called so was seen to come, go or change in the watched directory. */
  | { readonly name: string; readonly afterMs: number };

/** How a run ended after a signal. */
export interface SignalledEnd extends JacoEnd {
  /** The signal that ended it; null when it ended by itself. */
  readonly signal: NodeJS.Signals | null;
}

/**
 * Moments for `count` runs. Most are spread over the run, one at random in each equal part of it; a third follows the
 * appearance of a name, at once or up to 4 ms later: those steps are too short to be hit by chance.
 */
export function momentsOf(count: number, names: readonly string[], random: () => number): readonly Moment[] {
  const named = Math.floor(count / 3);
  const timed = count - named;
  const moments: Moment[] = [];
  for (let part = 0; part < timed; part += 1) moments.push({ part: (part + random()) / timed });
  for (let turn = 0; turn < named; turn += 1) {
    moments.push({ name: names[turn % names.length] as string, afterMs: random() < 0.5 ? 0 : random() * 4 });
  }
  // In any order: a machine that becomes busy must not always be so at the same steps.
  return moments
    .map((moment) => ({ moment, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ moment }) => moment);
}

/**
 * Starts `jaco`, sends it `signal` at the moment, and waits for its end. `directory` is watched for names, `typicalMs`
 * is what an undisturbed run takes.
 */
export async function signalJaco(
  parameters: readonly string[],
  signal: NodeJS.Signals,
  moment: Moment,
  { directory, typicalMs }: { readonly directory: string; readonly typicalMs: number },
): Promise<SignalledEnd> {
  const running = startJaco(parameters);
  const send = () => void running.process.kill(signal);
  const stop =
    'part' in moment ? later(moment.part * typicalMs, send) : onceNamed(directory, moment.name, moment.afterMs, send);
  try {
    return await endOf(running);
  } finally {
    stop();
  }
}

async function endOf(running: RunningJaco): Promise<SignalledEnd> {
  const end = await running.ended;
  return { ...end, signal: running.process.signalCode };
}

function later(afterMs: number, work: () => void): () => void {
  const timer = setTimeout(work, afterMs);
  return () => clearTimeout(timer);
}

/** Watches `directory`, which may not exist yet, for a name; returns how to stop. */
function onceNamed(directory: string, wanted: string, afterMs: number, work: () => void): () => void {
  const stops: (() => void)[] = [];
  const stop = () => {
    for (const each of stops.splice(0)) each();
  };
  const seen = () => {
    stop();
    if (afterMs === 0) work();
    else stops.push(later(afterMs, work));
  };
  const look = () => {
    const watcher = watch(directory, (_, name) => {
      if (name === wanted) seen();
    });
    stops.push(() => watcher.close());
  };
  if (existsSync(directory)) look();
  else {
    const watcher = watch(dirname(directory), () => {
      if (!existsSync(directory)) return;
      stop();
      look();
      if (existsSync(join(directory, wanted))) seen();
    });
    stops.push(() => watcher.close());
  }
  return stop;
}

/** How often each word was noted, as "12 × one, 3 × other", the most frequent first. */
export function histogram(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([word, count]) => `${count} × ${word}`).join(', ');
}

/** The seed of this run: JACO_TEST_SEED, or another each time. To be printed. */
export const runSeed = Number(process.env['JACO_TEST_SEED'] ?? Date.now() % 2 ** 31);
