import { type JacoEnd, runJaco } from '../cli/jaco-process.js';
import type { InterruptedSubject } from './interrupted-subject.js';
import { ensure } from './restored-store.js';
import { type Moment, momentsOf, type SignalledEnd, signalJaco } from './signalled-run.js';

/** The results of many interrupted runs. */
export interface Campaign {
  /** Runs that the signal reached. */
  readonly signalled: number;
  /** Commands that were given again, each with success or the refusal that it must meet. */
  readonly retries: number;
  /** For each signalled run, how it ended or how far it had come. */
  readonly outcomes: readonly string[];
}

/** Where most kills hit; every other one is followed by a retry. */
const common: readonly string[] = ['nothing written', 'snapshot half written', 'archive half written'];

/** Of what a rarer kill left, so many of each kind are followed by a retry. */
const retriesOfEach = 4;

/**
 * Kills as `kill -9` does, until `kills` runs were hit, and gives the same command again after every tenth and after
 * rare ones. What a killed run left stays for the next one until then.
 */
export async function killOften(subject: InterruptedSubject, kills: number, random: () => number): Promise<Campaign> {
  const clock = await timing(subject);
  const moments = momentsOf(kills, subject.names, random);
  const outcomes: string[] = [];
  let [retries, untried, turn] = [0, 0, 0];
  subject.reset(turn);
  for (let round = 0; outcomes.length < kills && round < 2 * kills; round += 1) {
    const moment = moments[round % kills] as Moment;
    const end = await clock.time(() => signalJaco(subject.words, 'SIGKILL', moment, place(subject, clock)));
    const left = await subject.judge();
    ensure(end.signal === 'SIGKILL' || (end.code === 0 && left.done), `it ended with ${end.code}: ${end.stderr}`);
    if (end.signal === 'SIGKILL') {
      outcomes.push(left.progress);
      untried += 1;
      const seldom =
        !common.includes(left.progress) &&
        outcomes.filter((progress) => progress === left.progress).length <= retriesOfEach;
      if (seldom || untried === 10 || outcomes.length === kills) {
        await subject.retry(left);
        [retries, untried] = [retries + 1, 0];
      } else if (!left.done) continue;
    }
    turn += 1;
    subject.reset(turn);
  }
  return { signalled: outcomes.length, retries, outcomes };
}

/** What a shell shows for a program that a signal has ended, or that has ended because of it. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Asks to stop, `rounds` times: the run must end with the signal's exit code and leave nothing, or have finished. */
export async function interruptOften(
  subject: InterruptedSubject,
  signal: keyof typeof exitCodes,
  rounds: number,
  random: () => number,
): Promise<Campaign> {
  const clock = await timing(subject);
  const outcomes: string[] = [];
  for (const [round, moment] of momentsOf(rounds, subject.names, random).entries()) {
    subject.reset(round);
    const end = await clock.time(() => signalJaco(subject.words, signal, moment, place(subject, clock)));
    const left = await subject.judge();
    outcomes.push(outcomeOf(end, signal));
    ensure(left.done === (end.code === 0), `it ended with ${end.code}, and ${left.progress}`);
    await subject.requireClean(left);
  }
  return { signalled: outcomes.length, retries: 0, outcomes };
}

function outcomeOf(end: SignalledEnd, signal: keyof typeof exitCodes): string {
  // Before the program has begun, the operating system ends it; a shell shows the same code.
  if (end.signal === signal) return 'ended before it began';
  if (end.code === 0) return 'done already';
  const said = end.stderr.trimEnd().split('\n').at(-1);
  ensure(end.code === exitCodes[signal], `it ended with ${end.code}: ${end.stderr}`);
  ensure(end.stdout === '', `it printed ${end.stdout}`);
  ensure(said === 'Interrupted: everything unfinished was removed.', `it said ${said}`);
  return `ended with ${end.code}`;
}

/** Knows how long undisturbed runs take, also when the machine becomes busier or less so. */
interface Timing {
  typicalMs(): number;
  /** Runs, and learns from it if it ended well. */
  time<End extends JacoEnd>(run: () => Promise<End>): Promise<End>;
}

async function timing(subject: InterruptedSubject): Promise<Timing> {
  const times: number[] = [];
  const clock: Timing = {
    typicalMs: () => times.slice(-3).sort((a, b) => a - b)[1] as number,
    async time(run) {
      const started = performance.now();
      const end = await run();
      if (end.code === 0) times.push(performance.now() - started);
      return end;
    },
  };
  for (let run = 0; run < 3; run += 1) {
    subject.reset(0);
    const { code, stderr } = await clock.time(() => runJaco(subject.words));
    ensure(code === 0, `an undisturbed run ended with ${code}: ${stderr}`);
  }
  return clock;
}

function place(subject: InterruptedSubject, clock: Timing): { readonly directory: string; readonly typicalMs: number } {
  return { directory: subject.watched, typicalMs: clock.typicalMs() };
}
