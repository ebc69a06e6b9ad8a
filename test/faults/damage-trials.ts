import * as assert from 'uvu/assert';
import type { Keyring } from '../../src/adapters/seal/keyring.js';
import { openTrialGround, type RestoredState, type Trial, type TrialGround } from './archive-trial.js';

/** What was done to an archive, and what it became. */
export type Damaged = readonly [where: string, archive: Uint8Array];

/** How many damaged archives were tried, and what became of them. */
export interface DamageCounts {
  readonly tried: number;
  readonly rejected: number;
  /** Restored to exactly what was taken. */
  readonly harmless: number;
}

/** Damages of one archive, each of which is restored and verified. */
export interface DamageTrials {
  readonly grounds: readonly [TrialGround, ...TrialGround[]];
  /** Restores the undamaged archive, to compare with. */
  begin(): Promise<void>;
  original(): RestoredState;
  judgeAll(archives: Generator<Damaged>): Promise<DamageCounts>;
  close(): void;
}

/** Opens trials of damages of `archive`, with `ring` at hand where it is sealed. */
export function openDamageTrials(archive: Uint8Array, ring?: Keyring): DamageTrials {
  /** Several, since a trial mostly waits for the file system. */
  const grounds = [ground(ring), ground(ring), ground(ring)] as const;
  let original: RestoredState | undefined;

  /** Restore and verification must say the same, and what they accept must be what was taken. */
  function judge(trial: Trial, where: string): 'rejected' | 'harmless' {
    assert.is(trial.verifyError === undefined, trial.restoreError === undefined, `${where}: the two disagree`);
    if (trial.restoreError !== undefined) return 'rejected';
    assert.equal(trial.restored, original, where);
    return 'harmless';
  }

  return {
    grounds,
    original: () => original as RestoredState,
    async begin() {
      original = (await grounds[0].try(archive)).restored;
      if (original === undefined) throw new Error('the sample cannot be restored');
    },
    async judgeAll(archives) {
      const counts = { tried: 0, rejected: 0, harmless: 0 };
      const work = async (ground: TrialGround) => {
        for (const [where, damaged] of archives) {
          counts.tried += 1;
          counts[judge(await ground.try(damaged), where)] += 1;
        }
      };
      await Promise.all(grounds.map(work));
      return counts;
    },
    close() {
      for (const each of grounds) each.close();
    },
  };
}

const ground = (ring: Keyring | undefined) => openTrialGround(undefined, ring);

/** A copy with one bit turned. */
export function flipped(bytes: Uint8Array, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ (1 << bit);
  return copy;
}

/** The archive cut short at each byte. */
export function* truncations(archive: Uint8Array): Generator<Damaged> {
  for (let length = 0; length < archive.length; length++) {
    yield [`cut to ${length} bytes`, archive.subarray(0, length)] as const;
  }
}

/** The archive with each of its bits turned, one at a time. */
export function* bitFlips(archive: Uint8Array): Generator<Damaged> {
  for (let at = 0; at < archive.length; at++) {
    for (let bit = 0; bit < 8; bit++) yield [`bit ${bit} of byte ${at}`, flipped(archive, at, bit)] as const;
  }
}
